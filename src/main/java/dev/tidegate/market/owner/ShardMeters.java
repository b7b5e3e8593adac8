package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.market.book.Drop;
import dev.tidegate.market.book.Shard;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The figures of a node's shards, told by whichever instance holds them. Safe from any thread. */
public final class ShardMeters {
  private static final Channel[] CHANNELS = Channel.values();

  private final MeterRegistry registry;
  private final LongSupplier millis;
  private final Counter takeovers;
  private final Counter updates;
  private final Map<Drop, Counter> drops = new EnumMap<>(Drop.class);
  private final AtomicInteger missing = new AtomicInteger();
  private volatile Figures figures = new Figures(0);

  /** One number for each shard and channel. */
  private record Figures(
      int shards,
      AtomicLongArray touched,
      AtomicIntegerArray delayed,
      AtomicLongArray lags,
      AtomicIntegerArray elsewhere) {
    Figures(int shards) {
      this(
          shards,
          new AtomicLongArray(shards * CHANNELS.length),
          new AtomicIntegerArray(shards * CHANNELS.length),
          new AtomicLongArray(shards),
          new AtomicIntegerArray(shards));
    }
  }

  public ShardMeters(MeterRegistry registry, LongSupplier millis) {
    this.registry = registry;
    this.millis = millis;
    takeovers =
        Counter.builder("tidegate.market.takeovers")
            .description("shards that this node came to own")
            .register(registry);
    for (Drop drop : Drop.values()) {
      drops.put(
          drop,
          Counter.builder("tidegate.market.records.dropped")
              .description("records of the feed that were read and reached nobody")
              .tag("reason", drop.text())
              .register(registry));
    }
    updates =
        Counter.builder("tidegate.market.updates")
            .description("updates that this node published as their owner")
            .register(registry);
  }

  /** Registers what there is one of for each shard that is new. */
  public synchronized void measure(int shards) {
    int before = figures.shards();
    if (before == 0) {
      measureNode();
    }
    if (shards > before) {
      figures = new Figures(shards); // told anew with the next turn of each holder
    }
    for (int shard = before; shard < shards; shard++) {
      measureShard(shard);
    }
  }

  private void measureNode() {
    Gauge.builder("tidegate.market.source.missing", missing, AtomicInteger::get)
        .description("1 while the topic that the feed reads does not exist")
        .register(registry);
    Gauge.builder("tidegate.market.contested", this, m -> sum(m.figures.elsewhere(), 0, 1))
        .description("symbols of this node's shards that belong to another shard")
        .register(registry);
    for (int i = 0; i < CHANNELS.length; i++) {
      int channel = i;
      Gauge.builder(
              "tidegate.market.delayed",
              this,
              m -> sum(m.figures.delayed(), channel, CHANNELS.length))
          .description("symbols of this node's shards that are silent for longer than staleAfter")
          .tag("channel", CHANNELS[i].text())
          .register(registry);
    }
  }

  private void measureShard(int shard) {
    Gauge.builder("tidegate.market.lag", this, m -> m.figures.lags().get(shard) / 1e3)
        .description("how much older than its arrival the last record of an owned shard was")
        .baseUnit("seconds")
        .tag("shard", Integer.toString(shard))
        .register(registry);
    for (int i = 0; i < CHANNELS.length; i++) {
      int slot = shard * CHANNELS.length + i;
      Gauge.builder("tidegate.market.staleness", this, m -> m.age(m.figures.touched().get(slot)))
          .description("age of the last update of any symbol of the shard")
          .baseUnit("seconds")
          .tag("shard", Integer.toString(shard))
          .tag("channel", CHANNELS[i].text())
          .register(registry);
    }
  }

  /** Whether there is nothing that the feed could read. */
  public void missing(boolean isMissing) {
    missing.set(isMissing ? 1 : 0);
  }

  /** A record reached nobody. */
  public void dropped(Drop why) {
    dropped(why, 1);
  }

  /** So many records reached nobody. */
  public void dropped(Drop why, int count) {
    Objects.requireNonNull(drops.get(why)).increment(count);
  }

  private double age(long touchedAt) {
    return touchedAt == 0 ? Double.NaN : (millis.getAsLong() - touchedAt) / 1e3;
  }

  private static int sum(AtomicIntegerArray counts, int from, int step) {
    int sum = 0;
    for (int i = from; i < counts.length(); i += step) {
      sum += counts.get(i);
    }
    return sum;
  }

  /**
   * @param silence null unless this node owns the shard
   */
  public void touched(Shard shard, @Nullable Silence silence) {
    Figures all = figures;
    all.elsewhere().set(shard.index, silence == null ? 0 : silence.elsewhere());
    all.lags().set(shard.index, silence == null ? 0 : shard.lag());
    for (int i = 0; i < CHANNELS.length; i++) {
      int slot = shard.index * CHANNELS.length + i;
      all.touched().set(slot, shard.touched(CHANNELS[i]));
      all.delayed().set(slot, silence == null ? 0 : silence.count(CHANNELS[i]));
    }
  }

  /** There is no such shard any longer. */
  public void gone(int shard) {
    Figures all = figures;
    all.elsewhere().set(shard, 0);
    all.lags().set(shard, 0);
    for (int i = 0; i < CHANNELS.length; i++) {
      all.touched().set(shard * CHANNELS.length + i, 0);
      all.delayed().set(shard * CHANNELS.length + i, 0);
    }
  }

  public void takenOver() {
    takeovers.increment();
  }

  void published(int count) {
    updates.increment(count);
  }
}
