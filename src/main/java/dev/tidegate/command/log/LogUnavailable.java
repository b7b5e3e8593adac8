package dev.tidegate.command.log;

/** The log did not confirm an append. */
public final class LogUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean neverSent;

  public LogUnavailable(String message, boolean neverSent) {
    super(message, null, false, false);
    this.neverSent = neverSent;
  }

  /** True when the record cannot be in the log, false when nobody knows. */
  public boolean neverSent() {
    return neverSent;
  }
}
