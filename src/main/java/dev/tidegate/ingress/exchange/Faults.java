package dev.tidegate.ingress.exchange;

import dev.tidegate.policy.OnFailure;
import dev.tidegate.telemetry.OncePerMinute;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What should not have been thrown on the way of a request: all of it is counted, and people are
 * told once a minute of each kind, which is where it was thrown, what, and what became of it. The
 * event loops of a node share it.
 */
public final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

  private record Kind(String step, OnFailure then, Class<?> thrown) {}

  private final MeterRegistry meters;
  private final LongSupplier nanos;
  private final OncePerMinute<Kind> told = new OncePerMinute<>();

  public Faults(MeterRegistry meters, LongSupplier nanos) {
    this.meters = meters;
    this.nanos = nanos;
  }

  /** So that a policy that never failed can be seen not to have. */
  void expect(String step) {
    for (OnFailure then : OnFailure.values()) {
      counter(step, then);
    }
  }

  void tell(String step, OnFailure then, String requestId, Throwable why) {
    counter(step, then).increment();
    long untold = told.tell(new Kind(step, then, why.getClass()), nanos.getAsLong());
    if (untold >= 0) {
      LOG.error(
          "event=request-failed step={} then={} request={} untold={}",
          step,
          text(then),
          requestId,
          untold,
          why);
    }
  }

  private Counter counter(String step, OnFailure then) {
    return Counter.builder("tidegate.http.step.failures")
        .description("What was thrown on the way of requests, and what became of them")
        .tag("step", step)
        .tag("then", text(then))
        .register(meters);
  }

  private static String text(OnFailure then) {
    return then.name().toLowerCase(Locale.ROOT);
  }
}
