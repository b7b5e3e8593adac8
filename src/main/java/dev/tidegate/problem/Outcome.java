package dev.tidegate.problem;

import java.util.Locale;

/** Whether a request that was refused can have had an effect somewhere. */
public enum Outcome {
  /** Nothing left the gateway: it is safe to try again. */
  NEVER_SENT,

  /** Somebody may have acted on the request. */
  UNKNOWN;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** As clients and other nodes read it. */
  public String text() {
    return text;
  }

  /** What a newer node says in other words is not known to be safe. */
  public static Outcome named(String text) {
    return text.equals(NEVER_SENT.text) ? NEVER_SENT : UNKNOWN;
  }
}
