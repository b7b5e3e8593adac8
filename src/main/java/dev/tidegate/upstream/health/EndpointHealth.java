package dev.tidegate.upstream.health;

import dev.tidegate.upstream.guard.RollingWindow;
import dev.tidegate.upstream.guard.RollingWindow.Counts;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one endpoint takes requests.
 *
 * <pre>
 *      failures in a row, or too many of the last; checks that failed in a row
 *  IN -------------------------------------------------> OUT
 *   ^                                                     |
 *   +-----------------------------------------------------+
 *      its time is over, and checks passed in a row (or one connection, where nothing is checked)
 * </pre>
 *
 * <p>One that comes back without having been checked is half-open: it gets few requests until some
 * have succeeded, and goes out again at the first that fails. Safe from any thread.
 */
final class EndpointHealth {
  private static final long SECOND = 1_000_000_000L;

  /** What people see. */
  record State(boolean in, boolean halfOpen, String why, long sinceMillis) {}

  /** Told of each change, in its order. */
  interface Listener {
    /** The cause is that of an endpoint that went out. */
    void changed(EndpointHealth endpoint, State state, @Nullable Cause cause);
  }

  private final OutlierConfig outlier;
  private final @Nullable CheckConfig check;
  private final LongSupplier nanos;
  private final LongSupplier millis;
  private final Listener listener;

  private volatile boolean in = true;
  private volatile int failures;
  private volatile boolean halfOpen;
  private final @Nullable RollingWindow window;
  private int admitted;
  private int proved;
  private long admittedAt;
  private int passed;
  private int missed;
  private boolean byRequests;
  private long changedAt;
  private long outNanos;
  private State state;

  EndpointHealth(
      OutlierConfig outlier,
      @Nullable CheckConfig check,
      LongSupplier nanos,
      LongSupplier millis,
      Listener listener) {
    this.outlier = outlier;
    this.check = check;
    this.nanos = nanos;
    this.millis = millis;
    this.listener = listener;
    this.changedAt = nanos.getAsLong();
    this.window =
        outlier.failures() > 0 && outlier.errorRate() > 0
            ? new RollingWindow(outlier.window())
            : null;
    this.state = new State(true, false, "nothing is known against it", millis.getAsLong());
  }

  boolean in() {
    return in;
  }

  synchronized State state() {
    return state;
  }

  /** Whether one more request may go there: always, but for one that is half-open. */
  boolean admits() {
    return !halfOpen || admitsProbe();
  }

  private synchronized boolean admitsProbe() {
    long now = nanos.getAsLong();
    if (now - admittedAt >= SECOND) {
      admittedAt = now;
      admitted = 0;
    }
    return !halfOpen || admitted++ < outlier.probes();
  }

  /** A request has been answered whole. */
  void succeeded() {
    RollingWindow counted = window;
    if (counted != null) {
      counted.count(nanos.getAsLong(), false);
    }
    if (halfOpen) {
      proved();
    } else if (failures != 0) {
      failures = 0;
    }
  }

  private synchronized void proved() {
    if (halfOpen && ++proved >= outlier.probes()) {
      halfOpen = false;
      failures = 0;
      state = new State(true, false, proved + " requests succeeded", state.sinceMillis());
    }
  }

  /** A request has failed. Those that were on their way when it went out tell nothing new. */
  void failed(Cause cause, String detail) {
    if (!in) {
      return;
    }
    RollingWindow counted = window;
    if (counted != null) {
      counted.count(nanos.getAsLong(), true);
    }
    if (outlier.failures() > 0 || halfOpen) {
      count(cause, detail);
    }
    if (counted != null && in) {
      judge(counted.counts(nanos.getAsLong()), cause, detail);
    }
  }

  private synchronized void count(Cause cause, String detail) {
    int row = failures + 1;
    failures = row;
    if (in && (halfOpen || row >= outlier.failures())) {
      putOut(
          (halfOpen ? "failed while half-open: " : row + " failures in a row: ") + detail, cause);
    }
  }

  private void judge(Counts counts, Cause cause, String detail) {
    if (counts.events() >= outlier.minRequests() && counts.percent() >= outlier.errorRate()) {
      String rate = counts.marked() + " of the last " + counts.events() + " requests failed: ";
      synchronized (this) {
        if (in) {
          putOut(rate + detail, cause);
        }
      }
    }
  }

  private void putOut(String why, Cause cause) {
    boolean longEnough = outNanos == 0 || nanos.getAsLong() - changedAt >= outNanos;
    long longer = Math.min(outNanos * 2, outlier.longestOut().toNanos());
    outNanos = longEnough ? outlier.out().toNanos() : longer;
    byRequests = true;
    change(false, why, cause);
  }

  /** Whether it is time to try whether it can be had again, where nothing checks it. */
  synchronized boolean toBeTried() {
    return !in && check == null && nanos.getAsLong() - changedAt >= outNanos;
  }

  /** It was tried: whether there was a connection. */
  synchronized void tried(boolean connected, String detail) {
    if (in || check != null) {
      return;
    }
    if (connected) {
      admitted = 0;
      proved = 0;
      halfOpen = true;
      comeBack("a connection was made");
    } else {
      outNanos = Math.min(outNanos * 2, outlier.longestOut().toNanos());
      change(false, detail, Cause.UNREACHABLE);
    }
  }

  /** It was checked. */
  synchronized void checked(boolean well, String detail) {
    CheckConfig config = check;
    if (config == null) {
      return;
    }
    passed = well ? passed + 1 : 0;
    missed = well ? 0 : missed + 1;
    if (in && missed >= config.fall()) {
      byRequests = false;
      change(false, missed + " checks failed in a row: " + detail, Cause.CHECK);
    } else if (!in && passed >= config.rise() && !stillOut()) {
      comeBack(passed + " checks passed in a row");
    }
  }

  private boolean stillOut() {
    return byRequests && nanos.getAsLong() - changedAt < outNanos;
  }

  /** All are out, and it was tried for want of another: it answered. */
  synchronized void provedWell() {
    if (!in && byRequests) {
      comeBack("it answered when all were out");
    }
  }

  private void comeBack(String why) {
    failures = 0;
    if (window != null) {
      window.clear();
    }
    change(true, why, null);
  }

  private void change(boolean isIn, String why, @Nullable Cause cause) {
    boolean other = in != isIn;
    changedAt = nanos.getAsLong();
    halfOpen &= isIn;
    state = new State(isIn, halfOpen, why, other ? millis.getAsLong() : state.sinceMillis());
    in = isIn;
    if (other) {
      listener.changed(this, state, cause);
    }
  }
}
