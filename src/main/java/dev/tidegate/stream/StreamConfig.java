package dev.tidegate.stream;

import dev.tidegate.rules.TierLimits;
import dev.tidegate.stream.shard.Kept;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    @Nullable String host,
    @Nullable Integer port,
    @Nullable Tls tls,
    @Nullable Map<String, Tier> tiers,
    @Nullable Storm storm,
    @Nullable Duration drain,
    @Nullable Duration ping,
    @Nullable Duration gone,
    @Nullable Duration idle,
    @Nullable Duration stalled,
    @Nullable Duration feedLost,
    @Nullable Integer tradesKept,
    @Nullable Integer deltasKept,
    @Nullable Integer maxFrame,
    @Nullable Integer sendBuffer,
    @Nullable Integer notSentLowWater,
    @Nullable Boolean adaptive,
    @Nullable Boolean echo,
    @Nullable CancelOnDisconnect cancelOnDisconnect) {

  /** The name of the tier of those who have not said who they are. */
  public static final String ANONYMOUS = "anonymous";

  public StreamConfig {
    host = host == null ? "0.0.0.0" : host;
    port = port == null ? 8090 : port;
    tiers = tiers == null ? Map.of() : Map.copyOf(tiers);
    storm = storm == null ? new Storm(null, null) : storm;
    drain = orElse(drain, Duration.ofSeconds(30));
    ping = orElse(ping, Duration.ofSeconds(15));
    gone = orElse(gone, Duration.ofSeconds(30));
    idle = orElse(idle, Duration.ofMinutes(10));
    stalled = orElse(stalled, Duration.ofSeconds(30));
    feedLost = orElse(feedLost, Duration.ofSeconds(30));
    tradesKept = tradesKept == null ? 20_000 : tradesKept;
    deltasKept = deltasKept == null ? 2_000 : deltasKept;
    maxFrame = maxFrame == null ? 64 * 1024 : maxFrame;
    sendBuffer = sendBuffer == null ? 0 : sendBuffer;
    notSentLowWater = notSentLowWater == null ? 512 : notSentLowWater;
    adaptive = adaptive == null || adaptive;
    echo = echo != null && echo;
    range("port", port, 0, 65535);
    range("tradesKept", tradesKept, 16, 10_000_000);
    range("deltasKept", deltasKept, 16, 10_000_000);
    range("maxFrame", maxFrame, 1024, 64 * 1024 * 1024);
    range("sendBuffer", sendBuffer, 0, 64 * 1024 * 1024);
    range("notSentLowWater", notSentLowWater, 0, 64 * 1024 * 1024);
    positive("ping", ping);
    positive("idle", idle);
    positive("stalled", stalled);
    positive("feedLost", feedLost);
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain: " + drain + " (expected 0s or more)");
    }
    if (gone.compareTo(ping) <= 0) {
      throw new IllegalArgumentException(
          "gone: " + gone + " (expected more than ping, " + ping + ")");
    }
  }

  @Override
  public String host() {
    return set(host);
  }

  @Override
  public Integer port() {
    return set(port);
  }

  @Override
  public Map<String, Tier> tiers() {
    return set(tiers);
  }

  @Override
  public Storm storm() {
    return set(storm);
  }

  @Override
  public Duration drain() {
    return set(drain);
  }

  @Override
  public Duration ping() {
    return set(ping);
  }

  @Override
  public Duration gone() {
    return set(gone);
  }

  @Override
  public Duration idle() {
    return set(idle);
  }

  @Override
  public Duration stalled() {
    return set(stalled);
  }

  @Override
  public Duration feedLost() {
    return set(feedLost);
  }

  @Override
  public Integer tradesKept() {
    return set(tradesKept);
  }

  @Override
  public Integer deltasKept() {
    return set(deltasKept);
  }

  @Override
  public Integer maxFrame() {
    return set(maxFrame);
  }

  @Override
  public Integer sendBuffer() {
    return set(sendBuffer);
  }

  @Override
  public Integer notSentLowWater() {
    return set(notSentLowWater);
  }

  @Override
  public Boolean adaptive() {
    return set(adaptive);
  }

  @Override
  public Boolean echo() {
    return set(echo);
  }

  /** How much of each symbol can be resumed. */
  Kept kept() {
    return new Kept(tradesKept(), deltasKept());
  }

  /** The defaults, on the port. */
  public static StreamConfig onPort(String host, int port) {
    return new StreamConfig(
        host, port, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null);
  }

  /** The second listener: its port, 8453 unless given, and PEM files of key and certificates. */
  public record Tls(@Nullable Integer port, String key, String cert) {
    public Tls {
      port = port == null ? 8453 : port;
      range("tls.port", port, 0, 65535);
      file("tls.key", key);
      file("tls.cert", cert);
    }

    @Override
    public Integer port() {
      return set(port);
    }

    private static void file(String name, @Nullable String path) {
      if (path == null || path.isBlank()) {
        throw new IllegalArgumentException(name + ": " + path + " (expected a PEM file)");
      }
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
      int rank,
      @Nullable Integer connectionsPerUser,
      @Nullable Integer connectionsPerAddress,
      @Nullable Integer subscriptions,
      @Nullable Integer messagesPerSecond,
      @Nullable Integer framesPerSecond,
      @Nullable List<String> channels,
      @Nullable List<String> symbols,
      @Nullable Boolean allSymbols) {
    public Tier {
      connectionsPerUser = connectionsPerUser == null ? 0 : connectionsPerUser;
      connectionsPerAddress = connectionsPerAddress == null ? 0 : connectionsPerAddress;
      subscriptions = subscriptions == null ? 1_000 : subscriptions;
      messagesPerSecond = messagesPerSecond == null ? 100 : messagesPerSecond;
      framesPerSecond = framesPerSecond == null ? 0 : framesPerSecond;
      channels = channels == null ? null : List.copyOf(channels);
      symbols = symbols == null ? null : List.copyOf(symbols);
      allSymbols = allSymbols == null || allSymbols;
      range("rank", rank, 0, 3);
      range("connectionsPerUser", connectionsPerUser, 0, 1_000_000);
      range("connectionsPerAddress", connectionsPerAddress, 0, 1_000_000);
      range("subscriptions", subscriptions, 1, 100_000);
      range("messagesPerSecond", messagesPerSecond, 0, 1_000_000);
      range("framesPerSecond", framesPerSecond, 0, 1_000_000);
    }

    @Override
    public Integer connectionsPerUser() {
      return set(connectionsPerUser);
    }

    @Override
    public Integer connectionsPerAddress() {
      return set(connectionsPerAddress);
    }

    @Override
    public Integer subscriptions() {
      return set(subscriptions);
    }

    @Override
    public Integer messagesPerSecond() {
      return set(messagesPerSecond);
    }

    @Override
    public Integer framesPerSecond() {
      return set(framesPerSecond);
    }

    @Override
    public Boolean allSymbols() {
      return set(allSymbols);
    }

    /** What a tier may do that nobody has described. */
    public static Tier open(int rank) {
      return new Tier(rank, null, null, null, null, null, null, null, null);
    }

    /** With the limits that an operator has changed. */
    Tier with(TierLimits changed) {
      return changed.equals(TierLimits.NONE) ? this : amended(changed.over(limits()));
    }

    private Tier amended(TierLimits all) {
      return new Tier(
          rank,
          all.connectionsPerUser(),
          all.connectionsPerAddress(),
          all.subscriptions(),
          all.messagesPerSecond(),
          all.framesPerSecond(),
          channels,
          symbols,
          allSymbols);
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
  public record Storm(@Nullable Integer connections, @Nullable Duration within) {
    public Storm {
      connections = connections == null ? 100 : connections;
      within = within == null ? Duration.ofSeconds(10) : within;
      range("connections", connections, 0, 1_000_000);
      positive("within", within);
    }

    @Override
    public Integer connections() {
      return set(connections);
    }

    @Override
    public Duration within() {
      return set(within);
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

  private static <T> T set(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  private static Duration orElse(@Nullable Duration value, Duration otherwise) {
    return value == null ? otherwise : value;
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected more than 0s)");
    }
  }

  private static void range(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected " + least + ".." + most + ")");
    }
  }
}
