package dev.tidegate.stream.socket;

import dev.tidegate.problem.CloseCode;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * When a client that we close should come back: told in the reason of the close, and spread so that
 * those who leave together do not return together.
 */
public final class Retry {
  /** What fits into a close frame beside its code (RFC 6455, 5.5). */
  static final int MOST_REASON = 123;

  /** No hint: the client has to change something first, or it closed by itself. */
  static final long NONE = -1;

  private Retry() {}

  /**
   * Milliseconds for one session.
   *
   * @param sessions how many this instance has, which may all be closed for the same cause
   */
  public static long after(CloseCode code, int sessions, RandomGenerator chance) {
    return switch (code) {
      // The closes themselves are spread over the drain's time.
      case DRAIN -> between(0, 500, chance);
      case SLOW_CONSUMER -> between(1_000, 5_000, chance);
      case IDLE -> between(500, 2_000, chance);
      // All of them at once: a thousand a second is what the other nodes take with ease.
      case FEED_LOST, UNHEARD -> between(250, 2_000 + sessions, chance);
      case STORM -> between(1_000, 2_000, chance);
      case CANCELLED -> between(0, 1_000, chance);
      default -> NONE;
    };
  }

  public static long between(long least, long most, RandomGenerator chance) {
    return least + chance.nextLong(Math.max(1, most - least + 1));
  }

  /** The reason with the hint at its end, cut to what a close frame takes. */
  public static String reason(String text, long after) {
    if (after < 0) {
      return cut(text, MOST_REASON);
    }
    String hint = "; retryAfter=" + after;
    return cut(text, MOST_REASON - hint.length()) + hint;
  }

  /** What a close frame carries: the code, and why. */
  static byte[] body(CloseCode code, String reason) {
    byte[] text =
        cut(reason.isEmpty() ? code.reason() : reason, MOST_REASON)
            .getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[2 + text.length];
    body[0] = (byte) (code.code() >> 8);
    body[1] = (byte) code.code();
    System.arraycopy(text, 0, body, 2, text.length);
    return body;
  }

  /** At most so many bytes of UTF-8, and no half character. */
  static String cut(String text, int most) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= most) {
      return text;
    }
    int end = most;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
