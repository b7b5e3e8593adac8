package dev.tidegate.upstream.health;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one endpoint takes requests.
 *
 * <pre>
 *      failures in a row; checks that failed in a row
 *  IN -------------------------------------------------> OUT
 *   ^                                                     |
 *   +-----------------------------------------------------+
 *      its time is over, and checks passed in a row (or one connection, where nothing is checked)
 * </pre>
 *
 * One that comes back without having been checked goes out again at its first failure. Safe from
 * any thread; a request that succeeds costs one read.
 */
final class EndpointHealth {
  /** What people see. */
  record State(boolean in, String why, long sinceMillis) {}

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
    this.state = new State(true, "nothing is known against it", millis.getAsLong());
  }

  boolean in() {
    return in;
  }

  synchronized State state() {
    return state;
  }

  /** A request has been answered whole. */
  void succeeded() {
    if (failures != 0) {
      failures = 0;
    }
  }

  /** A request has failed. Those that were on their way when it went out tell nothing new. */
  void failed(Cause cause, String detail) {
    if (outlier.failures() > 0 && in) {
      count(cause, detail);
    }
  }

  private synchronized void count(Cause cause, String detail) {
    int row = failures + 1;
    failures = row;
    if (in && row >= outlier.failures()) {
      long now = nanos.getAsLong();
      boolean proved = outNanos == 0 || now - changedAt >= outNanos;
      outNanos =
          proved ? outlier.out().toNanos() : Math.min(outNanos * 2, outlier.longestOut().toNanos());
      byRequests = true;
      change(false, row + " failures in a row: " + detail, cause);
    }
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
      comeBack("a connection was made");
      failures = outlier.failures() - 1;
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
    change(true, why, null);
  }

  private void change(boolean isIn, String why, @Nullable Cause cause) {
    boolean other = in != isIn;
    changedAt = nanos.getAsLong();
    state = new State(isIn, why, other ? millis.getAsLong() : state.sinceMillis());
    in = isIn;
    if (other) {
      listener.changed(this, state, cause);
    }
  }
}
