package dev.tidegate.market;

import dev.tidegate.market.book.Placement;
import dev.tidegate.market.feed.Elsewhere;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.feed.Source;
import dev.tidegate.market.record.FeedRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** A log in memory that several nodes of one JVM read like a topic. */
final class MemoryFeeds implements Feeds {
  private final int shards;
  private final Map<Integer, List<FeedRecord>> log = new HashMap<>();
  private final List<Reader> readers = new ArrayList<>();

  MemoryFeeds(int shards) {
    this.shards = shards;
  }

  synchronized void append(FeedRecord record) {
    int shard = Placement.shard(record.symbol(), shards);
    log.computeIfAbsent(shard, s -> new ArrayList<>()).add(record);
    readers.forEach(r -> r.wake(shard));
  }

  synchronized List<FeedRecord> records(int shard) {
    return List.copyOf(log.getOrDefault(shard, List.of()));
  }

  @Override
  public Source source() {
    return Source.fixed(shards);
  }

  @Override
  public synchronized Feed create(int count, Executor loop, Elsewhere elsewhere) {
    Reader reader = new Reader(loop);
    readers.add(reader);
    return reader;
  }

  private final class Reader implements Feed {
    private final Executor loop;
    private final Map<Integer, Sink> sinks = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();

    Reader(Executor loop) {
      this.loop = loop;
    }

    void wake(int shard) {
      loop.execute(() -> give(shard));
    }

    private void give(int shard) {
      Sink sink = sinks.get(shard);
      List<FeedRecord> all = records(shard);
      long position = positions.getOrDefault(shard, -1L);
      if (sink == null) {
        return;
      }
      if (position + 1 >= all.size()) {
        sink.caughtUp();
        return;
      }
      List<Positioned> out = new ArrayList<>();
      while (position + 1 < all.size()) {
        position++;
        out.add(new Positioned(position, all.get((int) position)));
      }
      positions.put(shard, position);
      sink.deliver(out, position);
      sink.caughtUp();
    }

    @Override
    public boolean shared() {
      return true;
    }

    @Override
    public void start(int shard, long after, Sink sink) {
      sinks.put(shard, sink);
      positions.put(shard, after);
      wake(shard);
    }

    @Override
    public void stop(int shard) {
      sinks.remove(shard);
    }

    @Override
    public void close() {
      sinks.clear();
    }
  }
}
