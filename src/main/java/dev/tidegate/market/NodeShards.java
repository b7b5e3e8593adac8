package dev.tidegate.market;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.market.book.Placement;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.owner.ShardReplica.Parked;
import dev.tidegate.market.owner.Silence;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.shareddata.Shareable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Divides a node's shards among its instances: the one thing that instances share, and they touch
 * it a few times a second only. A shard has one holder; who gives it up leaves its state here for
 * the next.
 */
public final class NodeShards implements Shareable {
  private static final Channel[] CHANNELS = Channel.values();

  private final TreeSet<Integer> alive = new TreeSet<>();
  private final Map<Integer, Integer> holders = new HashMap<>();
  private final Map<Integer, Parked> parked = new HashMap<>();
  private @Nullable AtomicLongArray touched;
  private @Nullable AtomicIntegerArray delayed;
  private int joined;

  synchronized int join() {
    alive.add(++joined);
    return joined;
  }

  /** Whether it was the last one. */
  synchronized boolean leave(int instance) {
    alive.remove(instance);
    if (alive.isEmpty()) {
      parked.clear();
    }
    return alive.isEmpty();
  }

  /** Whether the shard should be the instance's. */
  synchronized boolean assigned(int shard, int instance) {
    return Placement.rank(shard, instance, alive) == 0;
  }

  /** Takes the shard unless another instance still holds it. */
  synchronized boolean take(int shard, int instance) {
    return holders.putIfAbsent(shard, instance) == null;
  }

  /** What the last holder left, to its new one. */
  synchronized @Nullable Parked left(int shard) {
    return parked.remove(shard);
  }

  synchronized void release(int shard, Parked state) {
    holders.remove(shard);
    if (!alive.isEmpty()) {
      parked.put(shard, state);
    }
  }

  /** Registers the gauges of this node once. */
  synchronized void measure(int shards, MeterRegistry meters, LongSupplier clock) {
    if (touched != null) {
      return;
    }
    AtomicLongArray times = new AtomicLongArray(shards * CHANNELS.length);
    touched = times;
    measureDelayed(new AtomicIntegerArray(times.length()), meters);
    for (int i = 0; i < times.length(); i++) {
      int slot = i;
      Gauge.builder(
              "tidegate.market.staleness",
              times,
              t -> t.get(slot) == 0 ? Double.NaN : (clock.getAsLong() - t.get(slot)) / 1e3)
          .description("age of the last update of any symbol of the shard")
          .baseUnit("seconds")
          .tag("shard", Integer.toString(i / CHANNELS.length))
          .tag("channel", CHANNELS[i % CHANNELS.length].text())
          .register(meters);
    }
  }

  private void measureDelayed(AtomicIntegerArray counts, MeterRegistry meters) {
    delayed = counts;
    for (int i = 0; i < CHANNELS.length; i++) {
      int channel = i;
      Gauge.builder("tidegate.market.delayed", counts, c -> sum(c, channel))
          .description("symbols of this node's shards that are silent for longer than staleAfter")
          .tag("channel", CHANNELS[i].text())
          .register(meters);
    }
  }

  private static int sum(AtomicIntegerArray counts, int channel) {
    int sum = 0;
    for (int i = channel; i < counts.length(); i += CHANNELS.length) {
      sum += counts.get(i);
    }
    return sum;
  }

  /**
   * @param silence null unless this node owns the shard
   */
  synchronized void touched(Shard shard, @Nullable Silence silence) {
    AtomicIntegerArray counts = delayed;
    for (int i = 0; counts != null && i < CHANNELS.length; i++) {
      int count = silence == null ? 0 : silence.count(CHANNELS[i]);
      counts.set(shard.index * CHANNELS.length + i, count);
    }
    AtomicLongArray times = touched;
    for (int i = 0; times != null && i < CHANNELS.length; i++) {
      times.set(shard.index * CHANNELS.length + i, shard.touched(CHANNELS[i]));
    }
  }
}
