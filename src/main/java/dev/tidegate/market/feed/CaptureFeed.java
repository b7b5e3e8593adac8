package dev.tidegate.market.feed;

import dev.tidegate.market.book.Placement;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.CaptureReader.Captured;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays a recorded stream at its own pace or faster. Each shard reads the file for itself and takes
 * its symbols; the position is the line, counted on over repetitions. Another node's file and pace
 * may be others, so nobody else can continue it.
 */
public final class CaptureFeed implements Feed {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureFeed.class);
  private static final int AT_ONCE = 200;
  private static final long PAUSE_MICROS = 1_000_000;

  private final Path capture;
  private final double speed;
  private final boolean loop;
  private final int shards;
  private final Pump pump;
  private final Rejects rejects;
  private final Times times;
  private final LongSupplier micros;
  private final Readers readers;

  /**
   * @param speed divides the recorded gaps; 0 is as fast as possible
   * @param loop begins again at the end
   */
  public CaptureFeed(
      Path capture,
      double speed,
      boolean loop,
      int shards,
      Pump pump,
      Rejects rejects,
      Times times,
      LongSupplier micros) {
    this.capture = capture;
    this.speed = speed;
    this.loop = loop;
    this.shards = shards;
    this.pump = pump;
    this.readers = new Readers(pump);
    this.rejects = rejects;
    this.times = times;
    this.micros = micros;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public void start(int shard, long after, Sink sink) {
    readers.start(
        shard,
        sink,
        Thread.ofVirtual().name("capture-" + shard).unstarted(() -> run(shard, after, sink)));
  }

  @Override
  public void stop(int shard) {
    readers.stop(shard);
  }

  @Override
  public void close() {
    readers.stopAll();
  }

  private void run(int shard, long after, Sink sink) {
    Player player = new Player(shard, sink, after);
    try {
      pump.tell(shard, sink, Sink::caughtUp);
      pump.tell(shard, sink, s -> s.health(true, ""));
      do {
        player.playOnce();
      } while (loop && player.any);
    } catch (IOException | RuntimeException e) {
      LOG.atError().addKeyValue("capture", capture).setCause(e).log("capture unreadable");
      try {
        pump.tell(shard, sink, s -> s.health(false, "capture unreadable: " + e.getMessage()));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** One shard's reading of the file, once or over and over. */
  private final class Player {
    private final int shard;
    private final Sink sink;
    private final long after;
    private List<Positioned> due = new ArrayList<>();
    private boolean any;
    private long lines;
    private long shift;
    private long position;
    private @Nullable Long firstReceived;
    private long startedAt;

    Player(int shard, Sink sink, long after) {
      this.shard = shard;
      this.sink = sink;
      this.after = after;
      position = after;
    }

    void playOnce() throws IOException, InterruptedException {
      long line = 0;
      long first = -1;
      long last = -1;
      try (CaptureReader reader = CaptureReader.open(capture, rejects, times)) {
        for (Captured c = reader.next(); c != null; c = reader.next()) {
          line = c.line();
          first = first < 0 ? c.received() : first;
          last = Math.max(last, c.received());
          if (lines + line > after) {
            take(c);
          }
        }
      }
      flush();
      lines += line;
      shift += Math.max(0, last - first) + PAUSE_MICROS;
    }

    private void take(Captured captured) throws InterruptedException {
      if (speed > 0) {
        awaitDue(captured.received() + shift);
      }
      position = lines + captured.line();
      for (FeedRecord r : captured.records()) {
        any = true;
        if (Placement.shard(r.symbol(), shards) == shard) {
          due.add(new Positioned(position, moved(r)));
        }
      }
      if (due.size() >= AT_ONCE) {
        flush();
      }
    }

    /** Time goes on over repetitions, as far as the present. */
    private FeedRecord moved(FeedRecord record) {
      FeedRecord moved = shift == 0 ? record : record.at(record.time() + shift);
      return times.right(moved, micros.getAsLong());
    }

    private void awaitDue(long received) throws InterruptedException {
      if (firstReceived == null) {
        firstReceived = received;
        startedAt = System.nanoTime();
      }
      long at = startedAt + (long) ((received - firstReceived) * 1000 / speed);
      if (!Pace.isDue(at)) {
        flush();
        Pace.until(at);
      }
    }

    private void flush() throws InterruptedException {
      if (!due.isEmpty()) {
        pump.deliver(shard, sink, due, position);
        due = new ArrayList<>();
      }
    }
  }
}
