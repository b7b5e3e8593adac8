package dev.tidegate.overload;

import dev.tidegate.policy.Priority;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The concurrency limits of one node, shared by its event loops. What is held is bounded by the
 * requests in flight: a consumer without any is forgotten.
 */
public final class ConcurrencyLimits {
  /** One limit by name, with all that have it each for themselves. */
  static final class Limit {
    final ConcurrencyConfig config;
    final ConcurrentHashMap<String, Bulkhead> bulkheads = new ConcurrentHashMap<>();
    private final Map<Priority, Counter> refused = new EnumMap<>(Priority.class);

    Limit(ConcurrencyConfig config, MeterRegistry meters) {
      this.config = config;
      for (Priority priority : Priority.values()) {
        refused.put(
            priority,
            Counter.builder("tidegate.concurrency.refused")
                .description("Requests turned away because too many were in flight")
                .tag("limit", config.name())
                .tag("priority", priority.name().toLowerCase(Locale.ROOT))
                .register(meters));
      }
    }

    /** Enters, or returns null when it is full. */
    @Nullable Bulkhead enter(Bulkhead bulkhead, Priority priority) {
      if (bulkhead.tryEnter(priority)) {
        return bulkhead;
      }
      count(priority);
      return null;
    }

    /** As {@link #enter}, for one that exists while somebody is in it. */
    @Nullable Bulkhead enter(String key, Priority priority, long now) {
      while (true) {
        Bulkhead own = bulkheads.computeIfAbsent(key, k -> new Bulkhead(k, config, now));
        if (own.tryEnter(priority)) {
          return own;
        }
        if (!own.retired()) {
          count(priority);
          return null;
        }
        bulkheads.remove(key, own);
      }
    }

    void left(Bulkhead bulkhead) {
      if (config.by() == ConcurrencyConfig.By.CONSUMER && bulkhead.retire()) {
        bulkheads.remove(bulkhead.of, bulkhead);
      }
    }

    private void count(Priority priority) {
      Counter counter = refused.get(priority);
      if (counter != null) {
        counter.increment();
      }
    }
  }

  /**
   * What an operator sees of a limit.
   *
   * @param of whom it holds for
   * @param limit at present
   * @param probing fewer are let in for a moment, to see what an answer takes without load
   */
  public record Shown(String name, String of, int limit, int inFlight, boolean probing) {}

  private final Map<String, Limit> limits = new TreeMap<>();
  private final MeterRegistry meters;
  private final LongSupplier nanos;

  public ConcurrencyLimits(
      List<ConcurrencyConfig> configs, MeterRegistry meters, LongSupplier nanos) {
    this.meters = meters;
    this.nanos = nanos;
    for (ConcurrencyConfig config : configs) {
      if (limits.put(config.name(), new Limit(config, meters)) != null) {
        throw new IllegalArgumentException(
            "concurrencyLimits.name: " + config.name() + " (expected each name once)");
      }
    }
  }

  /** Those that these names mean: the default one, if there is one, when there are none. */
  List<Limit> limits(List<String> names) {
    if (names.isEmpty()) {
      Limit usual = limits.get(ConcurrencyConfig.DEFAULT);
      return usual == null ? List.of() : List.of(usual);
    }
    List<Limit> all = new ArrayList<>();
    for (String name : names) {
      Limit limit = limits.get(name);
      if (limit == null) {
        throw new IllegalArgumentException(
            "concurrency: " + name + " (expected one of " + limits.keySet() + ")");
      }
      all.add(limit);
    }
    return List.copyOf(all);
  }

  /** The one of this limit that is there for good, as all but those of consumers are. */
  Bulkhead lasting(Limit limit, String key) {
    return limit.bulkheads.computeIfAbsent(
        key,
        k -> {
          Bulkhead fresh = new Bulkhead(k, limit.config, now());
          gauge("limit", "Requests that may wait for an answer", limit, fresh, Bulkhead::limit);
          gauge("in.flight", "Requests that wait for an answer", limit, fresh, Bulkhead::inFlight);
          return fresh;
        });
  }

  private void gauge(
      String name, String what, Limit limit, Bulkhead of, Function<Bulkhead, Integer> value) {
    Gauge.builder("tidegate.concurrency." + name, of, value::apply)
        .description(what)
        .tag("limit", limit.config.name())
        .tag("of", of.of)
        .register(meters);
  }

  /** The fullest first. */
  public List<Shown> shown(int most) {
    return limits.values().stream()
        .flatMap(limit -> limit.bulkheads.values().stream().map(b -> shown(limit, b)))
        .sorted(Comparator.comparingDouble(s -> -(double) s.inFlight() / s.limit()))
        .limit(most)
        .toList();
  }

  private static Shown shown(Limit limit, Bulkhead of) {
    return new Shown(limit.config.name(), of.of, of.limit(), of.inFlight(), of.probing());
  }

  long now() {
    return nanos.getAsLong();
  }
}
