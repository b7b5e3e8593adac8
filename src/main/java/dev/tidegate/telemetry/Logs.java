package dev.tidegate.telemetry;

import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** The end of the log. */
public final class Logs {
  private Logs() {}

  /**
   * Writes what the asynchronous appender still holds and ends the log; the last thing before the
   * process exits. The back end is known at run time only, hence the reflection.
   */
  public static void close() {
    ILoggerFactory backEnd = LoggerFactory.getILoggerFactory();
    try {
      backEnd.getClass().getMethod("stop").invoke(backEnd);
    } catch (ReflectiveOperationException e) {
      // A back end without an end has nothing to write.
    }
  }
}
