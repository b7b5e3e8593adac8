package dev.tidegate.rules;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What the rules do, by cause; one series for each, made at start. Safe for all threads. */
public final class RuleMeters {
  /** What a rule holds against a caller. */
  public enum Cause {
    BANNED_ADDRESS("banned-address"),
    BANNED_CONSUMER("banned-consumer"),
    REVOKED("revoked");

    private final String text;

    Cause(String text) {
      this.text = text;
    }
  }

  private final Map<Cause, Counter> refusals = new EnumMap<>(Cause.class);
  private final Map<Cause, Counter> closes = new EnumMap<>(Cause.class);
  private final Map<Rule.Kind, AtomicLong> counts = new EnumMap<>(Rule.Kind.class);
  private final AtomicLong version = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();

  public RuleMeters(MeterRegistry registry) {
    for (Cause cause : Cause.values()) {
      refusals.put(
          cause,
          Counter.builder("tidegate.rules.refusals")
              .description("Requests, upgrades and logins that a rule refused")
              .tag("cause", cause.text)
              .register(registry));
      closes.put(
          cause,
          Counter.builder("tidegate.rules.closes")
              .description("Open sessions that a rule ended")
              .tag("cause", cause.text)
              .register(registry));
    }
  }

  /** Shows what is in force; once on a node. */
  RuleMeters withState(MeterRegistry registry, java.util.function.LongSupplier millis) {
    for (Rule.Kind kind : Rule.Kind.values()) {
      AtomicLong count = new AtomicLong();
      counts.put(kind, count);
      Gauge.builder("tidegate.rules.count", count, AtomicLong::get)
          .description("Rules in force on this node")
          .tag("kind", kind.text())
          .register(registry);
    }
    Gauge.builder("tidegate.rules.version", version, AtomicLong::get)
        .description("The version of the rules in force on this node")
        .register(registry);
    compared.set(millis.getAsLong());
    Gauge.builder("tidegate.rules.age", compared, at -> (millis.getAsLong() - at.get()) / 1e3)
        .description("How long ago this node's rules were those of the cluster")
        .baseUnit("seconds")
        .register(registry);
    return this;
  }

  public void refused(Cause cause) {
    Objects.requireNonNull(refusals.get(cause)).increment();
  }

  public void closed(Cause cause) {
    Objects.requireNonNull(closes.get(cause)).increment();
  }

  void inForce(RuleSet rules) {
    version.set(rules.version());
    counts.forEach((kind, count) -> count.set(rules.of(kind).size()));
  }

  void compared(long millis) {
    compared.set(millis);
  }
}
