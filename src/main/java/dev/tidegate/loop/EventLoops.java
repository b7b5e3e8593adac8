package dev.tidegate.loop;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The event loops that this node's roles run on, and whether they do: a loop ails when something on
 * it failed a moment ago, or when it has not turned for long. One for each node; safe for all
 * threads.
 */
public final class EventLoops {
  /** For how long a failure is shown: longer than an orchestrator waits between two probes. */
  public static final Duration SHOWN = Duration.ofSeconds(10);

  /** A loop that has not turned for so long is taken for stuck. */
  public static final Duration OVERDUE = Duration.ofSeconds(10);

  private final Set<Pulse> pulses = ConcurrentHashMap.newKeySet();
  private final MeterRegistry meters;
  private final LongSupplier nanos;

  public EventLoops(MeterRegistry meters) {
    this(meters, System::nanoTime);
  }

  EventLoops(MeterRegistry meters, LongSupplier nanos) {
    this.meters = meters;
    this.nanos = nanos;
  }

  /**
   * The loop of a verticle's context; call it on that context, at most once for each verticle. It
   * is forgotten, and repeats nothing more, when the verticle is undeployed.
   *
   * @param name the role and the instance, as operators know them
   */
  public Loop of(Context context, String name) {
    Counter failures =
        Counter.builder("tidegate.loop.failures")
            .description("Turns and tasks of an event loop that ended in an exception")
            .tag("loop", name)
            .register(meters);
    Pulse pulse = new Pulse(name, failures, nanos);
    VertxLoop loop = new VertxLoop(context, pulse);
    loop.every(
        Pulse.EVERY,
        () -> {
          pulse.beat();
          loop.awakeSince(); // that a pause is noticed even where nobody asks
        });
    pulses.add(pulse);
    VertxInternals.whenClosed(
        context,
        () -> {
          loop.close();
          pulses.remove(pulse);
        });
    return loop;
  }

  /** What is wrong with which loop; empty while all is well. */
  public List<String> ailments() {
    List<String> all = new ArrayList<>();
    for (Pulse pulse : pulses) {
      String ailment = pulse.ailment();
      if (ailment != null) {
        all.add(ailment);
      }
    }
    all.sort(null);
    return all;
  }
}
