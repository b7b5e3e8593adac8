package dev.tidegate.stream.session;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.rules.TierLimits;
import dev.tidegate.stream.protocol.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a tier may do; 0 is no limit.
 *
 * @param rank under overload the lowest ranks get wider windows first
 * @param connectionsPerUser at the same time on this node, like the next
 * @param connectionsPerAddress for anonymous callers and users alike
 * @param channels the channels that may be followed; null for all
 * @param symbols the symbols that may be followed, {@code *} at the end matches any rest; null for
 *     all
 * @param allSymbols whether {@code "symbol":"*"} may be subscribed
 */
public record Tier(
    @Default("0") int rank,
    @Default("0") int connectionsPerUser,
    @Default("0") int connectionsPerAddress,
    @Default("1000") int subscriptions,
    @Default("100") int messagesPerSecond,
    @Default("0") int framesPerSecond,
    @Nullable List<String> channels,
    @Nullable List<String> symbols,
    @Default("true") boolean allSymbols) {
  /** The name of the tier of those who have not said who they are. */
  public static final String ANONYMOUS = "anonymous";

  private static final Set<String> CHANNELS =
      Arrays.stream(Channel.values())
          .map(Channel::text)
          .collect(Collectors.toCollection(TreeSet::new));

  public Tier {
    channels = channels == null ? null : List.copyOf(channels);
    symbols = symbols == null ? null : List.copyOf(symbols);
    for (String channel : channels == null ? List.<String>of() : channels) {
      Check.that(CHANNELS.contains(channel), "channels", channel, "some of " + CHANNELS);
    }
    Check.within("rank", rank, 0, 3);
    Check.within("connectionsPerUser", connectionsPerUser, 0, TierLimits.MOST);
    Check.within("connectionsPerAddress", connectionsPerAddress, 0, TierLimits.MOST);
    Check.within("subscriptions", subscriptions, 1, TierLimits.MOST_SUBSCRIPTIONS);
    Check.within("messagesPerSecond", messagesPerSecond, 0, TierLimits.MOST);
    Check.within("framesPerSecond", framesPerSecond, 0, TierLimits.MOST);
  }

  /** With the limits that an operator has changed. */
  Tier with(TierLimits changed) {
    return changed.equals(TierLimits.NONE) ? this : amended(changed.over(limits()));
  }

  private Tier amended(TierLimits all) {
    return new Tier(
        rank,
        given(all.connectionsPerUser(), connectionsPerUser),
        given(all.connectionsPerAddress(), connectionsPerAddress),
        given(all.subscriptions(), subscriptions),
        given(all.messagesPerSecond(), messagesPerSecond),
        given(all.framesPerSecond(), framesPerSecond),
        channels,
        symbols,
        allSymbols);
  }

  private static int given(@Nullable Integer limit, int otherwise) {
    return limit == null ? otherwise : limit;
  }

  /** What of it operators can change. */
  public TierLimits limits() {
    return new TierLimits(
        connectionsPerUser,
        connectionsPerAddress,
        subscriptions,
        messagesPerSecond,
        framesPerSecond);
  }

  /** Whether it may be followed, and may be kept; private channels are not a matter of tiers. */
  boolean allows(Op.Key key) {
    return key.market() == null
        || ((channels == null || channels.contains(key.name()))
            && (key.wildcard() ? allSymbols : mayFollow(key.symbol())));
  }

  private boolean mayFollow(String symbol) {
    if (symbols == null) {
      return true;
    }
    for (String pattern : symbols) {
      boolean open = pattern.endsWith("*");
      if (open
          ? symbol.startsWith(pattern.substring(0, pattern.length() - 1))
          : pattern.equals(symbol)) {
        return true;
      }
    }
    return false;
  }
}
