package dev.tidegate.admin;

/**
 * Whether load balancers should send traffic to this node: from the moment when every role runs
 * until it begins to leave. Shared by the node's deployment and its admin instances; safe for all
 * threads.
 */
public final class Readiness {
  private enum State {
    STARTING,
    READY,
    DRAINING
  }

  private volatile State state = State.STARTING;

  /** Every role of the node runs. */
  public synchronized void started() {
    if (state == State.STARTING) {
      state = State.READY;
    }
  }

  /** The node leaves; there is no way back. */
  public synchronized void draining() {
    state = State.DRAINING;
  }

  public boolean isReady() {
    return state == State.READY;
  }

  /** {@code starting}, {@code ready} or {@code draining}. */
  public String text() {
    return switch (state) {
      case STARTING -> "starting";
      case READY -> "ready";
      case DRAINING -> "draining";
    };
  }
}
