package dev.tidegate.upstream.guard;

import dev.tidegate.upstream.guard.RollingWindow.Counts;
import java.util.function.LongSupplier;

/**
 * Whether an upstream is asked at all.
 *
 * <pre>
 *          too many of the last requests failed
 *  CLOSED ----------------------------------------> OPEN <-----------+
 *    ^                                               | its time      | a probe failed:
 *    |     so many probes succeeded                  v is over       | twice as long
 *    +------------------------------------------ HALF_OPEN ----------+
 * </pre>
 *
 * <p>All event loops of a node share it; while it is closed none waits for another.
 */
public final class CircuitBreaker {
  /** As operators know it. */
  public enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  /** Told of each change, in its order. */
  public interface Listener {
    void changed(State state, String why);
  }

  /** What people see. */
  public record Shown(State state, String why, long sinceMillis) {}

  /** Instead of a ticket: it may not be asked. */
  public static final long REFUSED = -1;

  private final CircuitConfig config;
  private final LongSupplier nanos;
  private final LongSupplier millis;
  private final Listener listener;
  private final RollingWindow window;

  private volatile State state = State.CLOSED;
  private volatile long period;
  private long changedAt;
  private long openNanos;
  private int underWay;
  private int succeeded;
  private String why = "nothing is known against it";
  private long sinceMillis;

  /** Closed at first; {@code nanos} is a monotonic clock, {@code millis} the wall clock. */
  public CircuitBreaker(
      CircuitConfig config, LongSupplier nanos, LongSupplier millis, Listener listener) {
    this.config = config;
    this.nanos = nanos;
    this.millis = millis;
    this.listener = listener;
    this.window = new RollingWindow(config.window());
    this.changedAt = nanos.getAsLong();
    this.openNanos = 0;
    this.sinceMillis = millis.getAsLong();
  }

  /**
   * Asks whether a request may go. A ticket is given back exactly once, to {@link #succeeded},
   * {@link #failed} or {@link #abandoned}; {@link #REFUSED} is none.
   */
  public long enter() {
    long now = period; // read before the state: at worst a ticket that is too old
    return state == State.CLOSED ? now : enterGuarded();
  }

  private synchronized long enterGuarded() {
    if (state == State.OPEN && nanos.getAsLong() - changedAt >= openNanos) {
      underWay = 0;
      succeeded = 0;
      change(State.HALF_OPEN, "its time is over: " + config.probes() + " requests probe it");
    }
    switch (state) {
      case OPEN -> {
        return REFUSED;
      }
      case HALF_OPEN -> {
        if (underWay >= config.probes()) {
          return REFUSED;
        }
        underWay++;
      }
      case CLOSED -> {}
    }
    return period;
  }

  public void succeeded(long ticket) {
    if (ticket == period && state == State.CLOSED) {
      window.count(nanos.getAsLong(), false);
    } else {
      probed(ticket, true);
    }
  }

  public void failed(long ticket) {
    long now = nanos.getAsLong();
    if (ticket == period && state == State.CLOSED) {
      window.count(now, true);
      judge(ticket, now);
    } else {
      probed(ticket, false);
    }
  }

  /** The request tells nothing: its caller has left. */
  public synchronized void abandoned(long ticket) {
    if (ticket == period && state == State.HALF_OPEN) {
      underWay--;
    }
  }

  private void judge(long ticket, long now) {
    Counts counts = window.counts(now);
    if (counts.events() >= config.minRequests()
        && counts.marked() * 100 >= counts.events() * config.errorRate()) {
      synchronized (this) {
        if (ticket == period && state == State.CLOSED) {
          open(counts.marked() + " of the last " + counts.events() + " requests failed");
        }
      }
    }
  }

  private synchronized void probed(long ticket, boolean well) {
    if (ticket != period || state != State.HALF_OPEN) {
      return; // it was sent before the last change, and tells nothing new
    }
    underWay--;
    if (!well) {
      open("a probe failed");
    } else if (++succeeded >= config.probes()) {
      window.clear();
      openNanos = 0;
      change(State.CLOSED, succeeded + " probes succeeded");
    }
  }

  private synchronized void open(String because) {
    openNanos =
        openNanos == 0
            ? config.open().toNanos()
            : Math.min(openNanos * 2, config.longestOpen().toNanos());
    change(State.OPEN, because);
  }

  private synchronized void change(State to, String because) {
    changedAt = nanos.getAsLong();
    sinceMillis = millis.getAsLong();
    why = because;
    state = to;
    period = period + 1;
    listener.changed(to, because);
  }

  /** Whole seconds until a request may go again, 1 or more. */
  public synchronized long retryAfterSeconds() {
    long left = state == State.OPEN ? openNanos - (nanos.getAsLong() - changedAt) : 0;
    return Math.max(1, (left + 999_999_999L) / 1_000_000_000L);
  }

  public State state() {
    return state;
  }

  public synchronized Shown shown() {
    return new Shown(state, why, sinceMillis);
  }

  public CircuitConfig config() {
    return config;
  }
}
