package dev.tidegate.net;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of a server that may be away, so that only the first request meets its timeout:
 * the first failure closes the gate, a probe that succeeds lets one trial through, and the trial's
 * success opens it. For one event loop.
 */
public final class Gate {
  /** Whether requests are let through. */
  public enum State {
    UP,
    TRIAL,
    TRYING,
    DOWN;

    /** For people. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Gate.class);

  private final String name;
  private State state;
  private boolean said;
  private boolean byProbe = true;

  public Gate(String name, State initial) {
    this.name = name;
    this.state = initial;
  }

  public State state() {
    return state;
  }

  /** True when the caller may go on; it then has to report what came of it. */
  public boolean tryEnter() {
    if (state == State.TRIAL) {
      state = State.TRYING;
      return true;
    }
    return state == State.UP;
  }

  public boolean mayEnter() {
    return state == State.UP || state == State.TRIAL;
  }

  public void succeeded() {
    if (state != State.UP) {
      said = true;
      log.atInfo().addKeyValue("server", name).log("available again");
      state = State.UP;
    }
  }

  /** The request was answered with a refusal that says nothing about the server's health. */
  public void answered() {
    if (state == State.TRYING) {
      state = State.TRIAL;
    }
  }

  public void failed(String why) {
    byProbe = false;
    if (state != State.DOWN || !said) {
      said = true;
      log.atWarn().addKeyValue("server", name).addKeyValue("cause", why).log("unavailable");
      state = State.DOWN;
    }
  }

  /** A probe, which is no request of anybody's, went badly. */
  public void probeFailed(String why) {
    boolean closedByProbe = byProbe || state == State.UP;
    failed(why);
    byProbe = closedByProbe;
  }

  /**
   * A probe went well. That is enough when a probe had closed the gate, or when nobody wanted to be
   * the trial until the next one; a request that failed wants a request that succeeds.
   */
  public void probed() {
    if (state == State.TRIAL || (state == State.DOWN && byProbe)) {
      succeeded();
    } else if (state == State.DOWN) {
      state = State.TRIAL;
    }
  }
}
