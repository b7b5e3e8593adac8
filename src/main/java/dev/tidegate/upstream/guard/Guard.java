package dev.tidegate.upstream.guard;

import dev.tidegate.json.JsonWriter;
import dev.tidegate.upstream.guard.CircuitBreaker.Shown;
import dev.tidegate.upstream.guard.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker and the retry budget of one upstream, for all event loops of a node. Safe
 * from any thread.
 */
public final class Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private final String upstream;
  private final MeterRegistry meters;
  private final @Nullable CircuitBreaker breaker;
  private final RetryBudget budget;
  private final Counter refused;
  private final Counter exhausted;

  /**
   * Lets everything pass at first.
   *
   * @param circuit null for no circuit breaker
   * @param nanos a monotonic clock
   * @param millis the wall clock
   */
  public Guard(
      String upstream,
      @Nullable CircuitConfig circuit,
      RetryConfig retry,
      MeterRegistry meters,
      LongSupplier nanos,
      LongSupplier millis) {
    this.upstream = upstream;
    this.meters = meters;
    this.budget = new RetryBudget(retry, nanos);
    this.refused =
        counter("tidegate.upstream.circuit.refused", "Requests that an open circuit kept away");
    this.exhausted =
        counter("tidegate.upstream.retry.budget.exhausted", "Retries that the budget forbade");
    Gauge.builder("tidegate.upstream.retry.budget.left", budget, RetryBudget::left)
        .description("How many requests may be sent again now")
        .tag("upstream", upstream)
        .register(meters);
    this.breaker =
        circuit == null ? null : new CircuitBreaker(circuit, nanos, millis, this::changed);
    if (breaker != null) {
      gauges(breaker);
    }
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("upstream", upstream)
        .register(meters);
  }

  private void gauges(CircuitBreaker shown) {
    Gauge.builder("tidegate.upstream.circuit.open", shown, b -> openness(b.state()))
        .description("0 closed, 0.5 half-open, 1 open")
        .tag("upstream", upstream)
        .register(meters);
    TimeGauge.builder(
            "tidegate.upstream.circuit.since",
            shown,
            TimeUnit.MILLISECONDS,
            b -> b.shown().sinceMillis())
        .description("When the circuit changed last, in seconds since the epoch")
        .tag("upstream", upstream)
        .register(meters);
  }

  private static double openness(State state) {
    return switch (state) {
      case CLOSED -> 0;
      case HALF_OPEN -> 0.5;
      case OPEN -> 1;
    };
  }

  private void changed(State state, String why) {
    if (state == State.OPEN) {
      LOG.warn("upstream={} circuit=open why=\"{}\"", upstream, why);
      counter("tidegate.upstream.circuit.opened", "How often the circuit opened").increment();
    } else {
      LOG.info("upstream={} circuit={} why=\"{}\"", upstream, text(state), why);
    }
  }

  private static String text(State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Null where there is none. */
  public @Nullable CircuitBreaker breaker() {
    return breaker;
  }

  /** A request was kept away. */
  public void refused() {
    refused.increment();
  }

  /** A request has come that may be sent more than once. */
  public void request() {
    budget.request();
  }

  /** Whether something may be sent once more; when not, it is counted. */
  public boolean tryRetry() {
    if (budget.tryTake()) {
      return true;
    }
    exhausted.increment();
    return false;
  }

  /** For people: fields of the upstream's object. */
  public void show(JsonWriter json) {
    if (breaker != null) {
      Shown shown = breaker.shown();
      json.object("circuit").field("state", text(shown.state())).field("why", shown.why());
      json.field("since", Instant.ofEpochMilli(shown.sinceMillis()).toString()).end();
    }
    json.field("retriesLeft", (long) budget.left());
  }
}
