package dev.tidegate.stream;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.net.AddressHeader;
import dev.tidegate.net.ClientAuthentication;
import dev.tidegate.net.TlsFiles;
import dev.tidegate.net.TrustedProxies;
import dev.tidegate.rules.ConfiguredTier;
import dev.tidegate.stream.deadman.CancelCommand;
import dev.tidegate.stream.door.Storm;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.session.Tier;
import dev.tidegate.stream.session.Tiers;
import dev.tidegate.stream.shard.Kept;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The stream listener and its rules.
 *
 * @param port 0 for any free port
 * @param tls a second listener with TLS; null for none
 * @param trustedProxies networks whose word on the client's address is taken, as {@code 10.0.0.0/8}
 * @param addressHeader in which header they say it
 * @param proxyProtocol whether connections to the plain listener begin with a PROXY header
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
 * @param snapshotPart the most bytes of one message of a snapshot
 * @param unreadBytes what all sessions of the node together may leave unread; 0 for half of the
 *     direct memory
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
    @Default("[]") List<String> trustedProxies,
    @Default("x-forwarded-for") AddressHeader addressHeader,
    @Default("false") boolean proxyProtocol,
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
    @Default("262144") int snapshotPart,
    @Default("0") long unreadBytes,
    @Default("65536") int maxFrame,
    @Default("0") int sendBuffer,
    @Default("512") int notSentLowWater,
    @Default("true") boolean adaptive,
    @Default("false") boolean echo,
    @Nullable CancelCommand cancelOnDisconnect) {
  private static final long LEAST_UNREAD = 1024 * 1024;
  private static final int MOST_BYTES = 64 * 1024 * 1024;

  public StreamConfig {
    tiers = Map.copyOf(tiers);
    trustedProxies = TrustedProxies.checked("trustedProxies", trustedProxies);
    Check.host("host", host);
    Check.that(
        !proxyProtocol || !trustedProxies.isEmpty(),
        "proxyProtocol",
        proxyProtocol,
        TrustedProxies.BESIDE);
    Check.that(
        tls == null || !tls.proxyProtocol() || !trustedProxies.isEmpty(),
        "tls.proxyProtocol",
        true,
        TrustedProxies.BESIDE);
    Check.port("port", port);
    Check.within("tradesKept", tradesKept, 16, 10_000_000);
    Check.within("deltasKept", deltasKept, 16, 10_000_000);
    Check.within("snapshotPart", snapshotPart, 4096, MOST_BYTES);
    Check.that(
        unreadBytes == 0 || unreadBytes >= LEAST_UNREAD,
        "unreadBytes",
        unreadBytes,
        "0 or at least " + LEAST_UNREAD);
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

  /** Whose word on clients' addresses is taken. */
  TrustedProxies proxies() {
    return new TrustedProxies(trustedProxies, addressHeader);
  }

  /** What the way in is told of it. */
  Upgrade.Frontage frontage(String node) {
    return new Upgrade.Frontage(node, maxFrame, notSentLowWater, echo);
  }

  /** How much of each symbol can be resumed. */
  Kept kept() {
    return new Kept(tradesKept, deltasKept);
  }

  /**
   * Those that are described here, those that are named elsewhere, and the two that are ever there.
   */
  public Map<String, ConfiguredTier> configuredTiers(Collection<String> named) {
    Set<String> names = new TreeSet<>(named);
    names.addAll(tiers.keySet());
    names.addAll(List.of(Tier.ANONYMOUS, "default"));
    Map<String, ConfiguredTier> all = new HashMap<>();
    for (String name : names) {
      all.put(
          name,
          new ConfiguredTier(Tiers.configured(tiers, name).limits(), tiers.containsKey(name)));
    }
    return all;
  }

  /**
   * The second listener: its port, and PEM files of key and certificates.
   *
   * @param clientAuth whether callers show a certificate of theirs
   * @param trust the PEM file of who may have issued it
   * @param proxyProtocol whether connections begin with a PROXY header
   */
  public record Tls(
      @Default("8453") int port,
      String key,
      String cert,
      @Default("none") ClientAuthentication clientAuth,
      @Nullable String trust,
      @Default("false") boolean proxyProtocol) {
    public Tls {
      Check.port("port", port);
      Check.given("key", key, "a PEM file");
      Check.given("cert", cert, "a PEM file");
      boolean asked = clientAuth != ClientAuthentication.NONE;
      Check.that(asked == (trust != null), "trust", trust, "a PEM file beside clientAuth");
    }

    public TlsFiles files() {
      return new TlsFiles("stream", key, cert, clientAuth, trust);
    }
  }
}
