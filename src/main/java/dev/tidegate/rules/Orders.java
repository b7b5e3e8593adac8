package dev.tidegate.rules;

import dev.tidegate.json.JsonBody;
import dev.tidegate.net.Network;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what operators order. What cannot be read is an {@link IllegalArgumentException} that says
 * what was expected.
 */
final class Orders {
  private static final int MOST_NAME = 200;
  private static final int MOST_REASON = 100;
  private static final int MOST_SECONDS = 366 * 86_400;

  /** How far the clocks of operators may be ahead. */
  private static final long AHEAD_MILLIS = 60_000;

  /** A wider range is a slip: it would shut out a sixteenth of the Internet or more. */
  private static final int WIDEST_V4 = 8;

  private static final int WIDEST_V6 = 16;
  private static final Pattern KEY = Pattern.compile("(?:key:)?([0-9a-f]{12})");
  private static final List<String> CREDENTIALS = List.of("consumer", "key", "jti", "subject");
  private static final List<String> LIMITS =
      List.of(
          "connectionsPerUser",
          "connectionsPerAddress",
          "subscriptions",
          "messagesPerSecond",
          "framesPerSecond");

  private Orders() {}

  static Ban ban(String text, String by, long now) {
    JsonBody body = new JsonBody(text, "address", "consumer", "reason", "seconds");
    String address = body.text("address", MOST_NAME);
    String consumer = body.text("consumer", MOST_NAME);
    String reason = Objects.requireNonNullElse(body.text("reason", MOST_REASON), "");
    long expires = expires(body, now);
    if ((address == null) == (consumer == null)) {
      throw JsonBody.expected("body", "one of address, consumer");
    }
    return address != null
        ? Ban.ofAddress(network(address), reason, by, now, expires)
        : Ban.ofConsumer(Objects.requireNonNull(consumer), reason, by, now, expires);
  }

  private static Network network(String text) {
    Network network;
    try {
      network = Network.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("address: " + e.getMessage(), e);
    }
    int widest = network.v6() ? WIDEST_V6 : WIDEST_V4;
    if (network.bits() < widest) {
      throw JsonBody.expected("address: " + text, "/" + widest + " or narrower");
    }
    return network;
  }

  static Revocation revocation(String text, String by, long now) {
    JsonBody body =
        new JsonBody(
            text, "consumer", "key", "jti", "subject", "issuedBefore", "reason", "seconds");
    if (body.count(CREDENTIALS) != 1) {
      throw JsonBody.expected("body", "one of " + String.join(", ", CREDENTIALS));
    }
    Credential credential = Credential.CONSUMER;
    for (Credential each : Credential.values()) {
      credential = body.has(each.text()) ? each : credential;
    }
    String value = Objects.requireNonNull(body.text(credential.text(), MOST_NAME));
    if (credential == Credential.KEY) {
      var key = KEY.matcher(value.toLowerCase(Locale.ROOT));
      if (!key.matches()) {
        throw JsonBody.expected("key", "the first 12 hex digits of the key's SHA-256");
      }
      value = key.group(1);
    }
    Long before = body.moment("issuedBefore");
    if (before != null && credential != Credential.SUBJECT) {
      throw JsonBody.expected("issuedBefore", "only beside subject");
    }
    if (before != null && (before <= 0 || before > now + AHEAD_MILLIS)) {
      throw JsonBody.expected("issuedBefore", "a time in the past");
    }
    long issuedBefore = credential != Credential.SUBJECT ? 0 : before == null ? now : before;
    String reason = Objects.requireNonNullElse(body.text("reason", MOST_REASON), "");
    return Revocation.of(credential, value, issuedBefore, reason, by, now, expires(body, now));
  }

  private static long expires(JsonBody body, long now) {
    Integer seconds = body.integer("seconds", 1, MOST_SECONDS);
    return seconds == null ? 0 : now + seconds * 1000L;
  }

  /**
   * Limits for a tier.
   *
   * @param before what is changed by it; what is not named stays as here, what is null goes back to
   *     the configuration
   */
  static TierLimits limits(String text, TierLimits before) {
    JsonBody body = new JsonBody(text, LIMITS.toArray(String[]::new));
    if (body.count(LIMITS) == 0) {
      throw JsonBody.expected("body", "at least one of " + String.join(", ", LIMITS));
    }
    return new TierLimits(
        limit(body, "connectionsPerUser", before.connectionsPerUser(), 0, TierLimits.MOST),
        limit(body, "connectionsPerAddress", before.connectionsPerAddress(), 0, TierLimits.MOST),
        limit(body, "subscriptions", before.subscriptions(), 1, TierLimits.MOST_SUBSCRIPTIONS),
        limit(body, "messagesPerSecond", before.messagesPerSecond(), 0, TierLimits.MOST),
        limit(body, "framesPerSecond", before.framesPerSecond(), 0, TierLimits.MOST));
  }

  private static @Nullable Integer limit(
      JsonBody body, String name, @Nullable Integer before, int least, int most) {
    if (!body.has(name)) {
      return before;
    }
    return body.isNull(name) ? null : body.integer(name, least, most);
  }
}
