package dev.tidegate.overload;

import dev.tidegate.policy.Priority;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The requests that wait within one limit, and how many may. Safe for all threads. */
@SuppressWarnings("EnumOrdinal") // an index into an array only, never stored or sent
final class Bulkhead {
  private static final Priority[] PRIORITIES = Priority.values();
  private static final int RETIRED = -1;

  final String of;
  private final ConcurrencyConfig config;
  private final @Nullable GradientLimit adaptive;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final double[] shares = new double[PRIORITIES.length];

  Bulkhead(String of, ConcurrencyConfig config, long now) {
    this.of = of;
    this.config = config;
    ConcurrencyConfig.Adaptive how = config.adaptive();
    this.adaptive = how == null ? null : new GradientLimit(how, config.max(), now);
    for (Priority priority : PRIORITIES) {
      shares[priority.ordinal()] = config.shares().of(priority);
    }
  }

  ConcurrencyConfig config() {
    return config;
  }

  int inFlight() {
    return Math.max(0, inFlight.get());
  }

  int limit() {
    return (int) (adaptive == null ? config.max() : adaptive.limit());
  }

  boolean probing() {
    return adaptive != null && adaptive.patient() != Integer.MAX_VALUE;
  }

  boolean tryEnter(Priority priority) {
    int room = room(priority);
    for (int now = inFlight.get(); now < room && now != RETIRED; now = inFlight.get()) {
      if (inFlight.compareAndSet(now, now + 1)) {
        return true;
      }
    }
    return false;
  }

  private int room(Priority priority) {
    double all = adaptive == null ? config.max() : adaptive.limit();
    int room = Math.max(1, (int) (all * shares[priority.ordinal()]));
    boolean urgent = priority == Priority.CANCEL || priority == Priority.ORDER;
    return adaptive == null || urgent ? room : Math.min(room, adaptive.patient());
  }

  /** The answer to one that entered begins; {@code failed} says that it was refused or too late. */
  void leave(long started, long now, boolean failed) {
    int before = inFlight.getAndDecrement();
    if (adaptive != null) {
      adaptive.over(started, now, before, failed);
    }
  }

  /** One that entered is gone without an answer. */
  void giveUp(long started, long now) {
    int before = inFlight.getAndDecrement();
    if (adaptive != null) {
      adaptive.unanswered(started, now, before);
    }
  }

  /** One that entered did not go on. */
  void cancel() {
    inFlight.getAndDecrement();
  }

  /** Whether nobody is in it, and from now on nobody can be. */
  boolean retire() {
    return inFlight.compareAndSet(0, RETIRED);
  }

  boolean retired() {
    return inFlight.get() == RETIRED;
  }
}
