package dev.tidegate.command.log;

/** The log takes no record of this size, now or later; it is not in the log. */
public final class RecordTooLarge extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RecordTooLarge(String message) {
    super(message, null, false, false);
  }
}
