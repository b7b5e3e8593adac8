package dev.tidegate.command.state;

/** The state store did not answer; the operation may or may not have been done. */
public final class StateUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StateUnavailable(String message) {
    super(message, null, false, false);
  }
}
