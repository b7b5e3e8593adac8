package dev.tidegate.command;

import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.problem.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The figures of one COMMAND instance; counters are shared by the instances of a process. */
final class CommandMeters {
  private final MeterRegistry registry;
  private final String instance;
  private final Timer accept;
  private final Counter replayed;
  private final Counter unknown;
  private final Counter unreadable;
  private final Map<Problem, Counter> refused = new EnumMap<>(Problem.class);
  private final Map<Status, Counter> transitions = new EnumMap<>(Status.class);
  private final List<Meter> own = new ArrayList<>();

  CommandMeters(MeterRegistry registry, String instance) {
    this.registry = registry;
    this.instance = instance;
    accept =
        Timer.builder("tidegate.command.accept")
            .description("from submission to the answer that it is durable")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofSeconds(2))
            .register(registry);
    replayed = registry.counter("tidegate.command.replayed");
    unknown = registry.counter("tidegate.command.results.skipped", "cause", "unknown");
    unreadable = registry.counter("tidegate.command.results.skipped", "cause", "unreadable");
    for (Problem problem : Problem.values()) {
      refused.put(problem, registry.counter("tidegate.command.refused", "problem", problem.slug()));
    }
    for (Status status : Status.values()) {
      transitions.put(
          status, registry.counter("tidegate.command.transitions", "status", status.text()));
    }
  }

  /** A gauge that goes away with the instance. */
  <T> void gauge(String name, T of, ToDoubleFunction<T> value) {
    own.add(
        Gauge.builder("tidegate.command." + name, of, value)
            .tag("worker", instance)
            .register(registry));
  }

  void answered(Receipt receipt, long nanos) {
    switch (receipt) {
      case Accepted a when a.replayed() -> replayed.increment();
      case Accepted a -> accept.record(nanos, TimeUnit.NANOSECONDS);
      case Refused r -> refused(r.problem());
    }
  }

  void refused(Problem problem) {
    Counter counter = refused.get(problem);
    if (counter != null) {
      counter.increment();
    }
  }

  void transition(Status status) {
    Counter counter = transitions.get(status);
    if (counter != null) {
      counter.increment();
    }
  }

  void unknownResult() {
    unknown.increment();
  }

  void unreadableResult() {
    unreadable.increment();
  }

  void close() {
    own.forEach(registry::remove);
  }
}
