package dev.tidegate.market.feed;

import dev.tidegate.market.book.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A seeded random walk at an even pace: the symbols take turns, so that over all shards one record
 * is due every {@code 1/rate} seconds. Its records carry the present time, so nobody can continue
 * it elsewhere.
 */
public final class SimulatorFeed implements Feed {
  private static final int AT_ONCE = 256;

  private final Simulation simulation;
  private final int shards;
  private final Pump pump;
  private final LongSupplier micros;
  private final Readers readers;

  public SimulatorFeed(Simulation simulation, int shards, Pump pump, LongSupplier micros) {
    this.simulation = simulation;
    this.shards = shards;
    this.pump = pump;
    this.readers = new Readers(pump);
    this.micros = micros;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public void start(int shard, long after, Sink sink) {
    List<RandomWalk> walks = new ArrayList<>();
    List<Integer> turns = new ArrayList<>();
    List<String> names = simulation.symbols();
    for (int i = 0; i < names.size(); i++) {
      if (Placement.shard(names.get(i), shards) == shard) {
        walks.add(new RandomWalk(names.get(i), simulation));
        turns.add(i);
      }
    }
    // A platform thread: its wake-ups come within tens of microseconds of the due time.
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("simulator-" + shard)
            .unstarted(() -> run(shard, after, sink, walks, turns));
    readers.start(shard, sink, thread);
  }

  @Override
  public void stop(int shard) {
    readers.stop(shard);
  }

  @Override
  public void close() {
    readers.stopAll();
  }

  private void run(int shard, long after, Sink sink, List<RandomWalk> walks, List<Integer> turns) {
    try {
      pump.tell(shard, sink, Sink::caughtUp);
      pump.tell(shard, sink, s -> s.health(true, ""));
      if (!walks.isEmpty()) {
        walk(shard, after, sink, walks, turns);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void walk(int shard, long after, Sink sink, List<RandomWalk> walks, List<Integer> turns)
      throws InterruptedException {
    double nanosEach = TimeUnit.SECONDS.toNanos(1) / simulation.rate();
    int symbols = simulation.symbols().size();
    long position = after;
    List<Positioned> due = new ArrayList<>();
    if (simulation.book() > 0) {
      for (RandomWalk walk : walks) {
        due.add(new Positioned(++position, walk.start(micros.getAsLong())));
      }
    }
    // The turns of all shards hang on one clock, so that the whole is evenly spaced.
    long period = Math.max(1, (long) (nanosEach * symbols));
    long origin = System.nanoTime() / period * period + period;
    for (long round = 0; ; round++) {
      for (int i = 0; i < walks.size(); i++) {
        long at = origin + (long) ((round * symbols + turns.get(i)) * nanosEach);
        if (!Pace.isDue(at) || due.size() >= AT_ONCE) {
          if (!due.isEmpty()) {
            pump.deliver(shard, sink, due, position);
            due = new ArrayList<>();
          }
          Pace.until(at);
        }
        due.add(new Positioned(++position, walks.get(i).next(micros.getAsLong())));
      }
    }
  }
}
