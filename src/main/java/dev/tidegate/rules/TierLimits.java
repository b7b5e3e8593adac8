package dev.tidegate.rules;

import org.jspecify.annotations.Nullable;

/**
 * What an operator has changed of a tier; null leaves it as it was, 0 is no limit.
 *
 * @param connectionsPerUser at the same time on one node, like the next
 */
public record TierLimits(
    @Nullable Integer connectionsPerUser,
    @Nullable Integer connectionsPerAddress,
    @Nullable Integer subscriptions,
    @Nullable Integer messagesPerSecond,
    @Nullable Integer framesPerSecond) {
  /** Nothing changed. */
  public static final TierLimits NONE = new TierLimits(null, null, null, null, null);

  public static final int MOST = 1_000_000;
  public static final int MOST_SUBSCRIPTIONS = 100_000;

  public TierLimits {
    range("connectionsPerUser", connectionsPerUser, 0, MOST);
    range("connectionsPerAddress", connectionsPerAddress, 0, MOST);
    range("subscriptions", subscriptions, 1, MOST_SUBSCRIPTIONS);
    range("messagesPerSecond", messagesPerSecond, 0, MOST);
    range("framesPerSecond", framesPerSecond, 0, MOST);
  }

  /** These, and where they leave something as it was, the others. */
  public TierLimits over(TierLimits others) {
    return new TierLimits(
        or(connectionsPerUser, others.connectionsPerUser),
        or(connectionsPerAddress, others.connectionsPerAddress),
        or(subscriptions, others.subscriptions),
        or(messagesPerSecond, others.messagesPerSecond),
        or(framesPerSecond, others.framesPerSecond));
  }

  private static @Nullable Integer or(@Nullable Integer value, @Nullable Integer otherwise) {
    return value == null ? otherwise : value;
  }

  private static void range(String name, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected " + least + ".." + most + ")");
    }
  }
}
