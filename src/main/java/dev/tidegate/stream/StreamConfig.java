package dev.tidegate.stream;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.config.Settings;
import dev.tidegate.rules.TierLimits;
import dev.tidegate.stream.shard.Kept;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The stream listener and its rules.
 *
 * @param port 0 for any free port
 * @param tls a second listener with TLS; null for none
 * @param tiers limits by the name of the tier; {@code anonymous} for those who have not said who
 *     they are, and {@code default} for tiers that are not listed
 * @param drain how long a leaving instance takes to send its clients elsewhere
 * @param ping how often an otherwise silent client is asked whether it is there
 * @param gone after how long of silence a client is taken for gone
 * @param idle after how long a session without a subscription is closed
 * @param stalled after how long without progress a slow session is closed
 * @param feedLost after how long without a sign of the feed its sessions are sent elsewhere
 * @param tradesKept how many trades of a symbol can be resumed
 * @param deltasKept how many book updates of a symbol can be resumed
 * @param maxFrame the largest message that a client may send, in bytes
 * @param sendBuffer the kernel's send buffer of a session, in bytes; 0 leaves it to the system
 * @param notSentLowWater how much the kernel may hold unsent, in bytes; 0 leaves it to the system
 * @param adaptive whether windows widen while the event loop is overloaded
 * @param echo whether {@code /v1/echo} answers, for conformance tests
 */
public record StreamConfig(
    @Default("0.0.0.0") String host,
    @Default("8090") int port,
    @Nullable Tls tls,
    @Default("{}") Map<String, Tier> tiers,
    @Default("{}") Storm storm,
    @Default("30s") Duration drain,
    @Default("15s") Duration ping,
    @Default("30s") Duration gone,
    @Default("10m") Duration idle,
    @Default("30s") Duration stalled,
    @Default("30s") Duration feedLost,
    @Default("20000") int tradesKept,
    @Default("2000") int deltasKept,
    @Default("65536") int maxFrame,
    @Default("0") int sendBuffer,
    @Default("512") int notSentLowWater,
    @Default("true") boolean adaptive,
    @Default("false") boolean echo,
    @Nullable CancelOnDisconnect cancelOnDisconnect) {

  /** The name of the tier of those who have not said who they are. */
  public static final String ANONYMOUS = "anonymous";

  private static final int MOST_BYTES = 64 * 1024 * 1024;

  public StreamConfig {
    tiers = Map.copyOf(tiers);
    Check.port("port", port);
    Check.within("tradesKept", tradesKept, 16, 10_000_000);
    Check.within("deltasKept", deltasKept, 16, 10_000_000);
    Check.within("maxFrame", maxFrame, 1024, MOST_BYTES);
    Check.within("sendBuffer", sendBuffer, 0, MOST_BYTES);
    Check.within("notSentLowWater", notSentLowWater, 0, MOST_BYTES);
    Check.positive("ping", ping);
    Check.positive("idle", idle);
    Check.positive("stalled", stalled);
    Check.positive("feedLost", feedLost);
    Check.that(!drain.isNegative(), "drain", drain, "0s or more");
    Check.that(gone.compareTo(ping) > 0, "gone", gone, "more than ping");
  }

  /** How much of each symbol can be resumed. */
  Kept kept() {
    return new Kept(tradesKept(), deltasKept());
  }

  /** The defaults, on the port. */
  public static StreamConfig onPort(String host, int port) {
    return Settings.of(StreamConfig.class, "{host: " + host + ", port: " + port + "}");
  }

  /** The second listener: its port, and PEM files of key and certificates. */
  public record Tls(@Default("8453") int port, String key, String cert) {
    public Tls {
      Check.port("port", port);
      Check.given("key", key, "a PEM file");
      Check.given("cert", cert, "a PEM file");
    }
  }

  /**
   * What a tier may do; 0 is no limit.
   *
   * @param rank under overload the lowest ranks get wider windows first
   * @param connectionsPerUser at the same time on this node, like the next
   * @param connectionsPerAddress for anonymous callers and users alike
   * @param channels the channels that may be followed; null for all
   * @param symbols the symbols that may be followed, {@code *} at the end matches any rest; null
   *     for all
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
    private static final int HIGHEST = 3;

    /** What a tier of each rank may do that nobody has described. */
    private static final List<Tier> OPEN =
        IntStream.rangeClosed(0, HIGHEST)
            .mapToObj(rank -> Settings.of(Tier.class, "{rank: " + rank + "}"))
            .toList();

    public Tier {
      channels = channels == null ? null : List.copyOf(channels);
      symbols = symbols == null ? null : List.copyOf(symbols);
      Check.within("rank", rank, 0, HIGHEST);
      Check.within("connectionsPerUser", connectionsPerUser, 0, TierLimits.MOST);
      Check.within("connectionsPerAddress", connectionsPerAddress, 0, TierLimits.MOST);
      Check.within("subscriptions", subscriptions, 1, TierLimits.MOST_SUBSCRIPTIONS);
      Check.within("messagesPerSecond", messagesPerSecond, 0, TierLimits.MOST);
      Check.within("framesPerSecond", framesPerSecond, 0, TierLimits.MOST);
    }

    /** What a tier may do that nobody has described. */
    public static Tier open(int rank) {
      return OPEN.get(rank);
    }

    /** With the limits that an operator has changed. */
    Tier with(TierLimits changed) {
      return changed.equals(TierLimits.NONE)
          ? this
          : new Tier(
              rank,
              or(changed.connectionsPerUser(), connectionsPerUser),
              or(changed.connectionsPerAddress(), connectionsPerAddress),
              or(changed.subscriptions(), subscriptions),
              or(changed.messagesPerSecond(), messagesPerSecond),
              or(changed.framesPerSecond(), framesPerSecond),
              channels,
              symbols,
              allSymbols);
    }

    private static int or(@Nullable Integer changed, int configured) {
      return changed == null ? configured : changed;
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

    public boolean mayFollow(String channel, String symbol) {
      return mayFollowChannel(channel) && mayFollow(symbol);
    }

    public boolean mayFollowChannel(String channel) {
      return channels == null || channels.contains(channel);
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

  /**
   * When reconnecting counts as a storm: more than {@code connections} sessions of one user (or
   * address of anonymous callers) that lasted less than {@code within}, in that time, beyond one
   * for each client that it had at once. 0 connections turns it off.
   */
  public record Storm(@Default("100") int connections, @Default("10s") Duration within) {
    public Storm {
      Check.within("connections", connections, 0, 1_000_000);
      Check.positive("within", within);
    }
  }

  /**
   * The command that cancels the orders of a session that is gone.
   *
   * @param topic the command topic
   * @param path the path that workers see, as in {@code /v1/orders}
   */
  public record CancelOnDisconnect(String topic, String route, String path) {}

  /** The limits of a tier; of {@code default} when it is not listed. */
  public Tier tier(String name) {
    Tier tier = tiers().get(name);
    if (tier == null) {
      tier = tiers().get("default");
    }
    return tier == null ? Tier.open(name.equals(ANONYMOUS) ? 0 : 1) : tier;
  }
}
