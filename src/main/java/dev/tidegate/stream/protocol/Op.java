package dev.tidegate.stream.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Markets.Channel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client can ask for; {@code id} is the client's own and comes back with the answer. */
public sealed interface Op {
  /** The id as the client wrote it: a number or a string. */
  @Nullable JsonNode id();

  /**
   * @param channels each once: what is asked for twice is had as it was asked for last
   * @param expanded those that came with a subscription to all symbols
   * @param excepted those that a subscription to all symbols leaves out
   */
  record Subscribe(
      @Nullable JsonNode id, List<Wanted> channels, Set<Key> expanded, Set<Key> excepted)
      implements Op {
    public Subscribe {
      channels = once(channels);
    }

    Subscribe(@Nullable JsonNode id, List<Wanted> channels) {
      this(id, channels, Set.of(), Set.of());
    }
  }

  private static List<Wanted> once(List<Wanted> channels) {
    Map<Key, Wanted> last = LinkedHashMap.newLinkedHashMap(channels.size());
    channels.forEach(wanted -> last.put(wanted.key(), wanted));
    return last.size() == channels.size() ? channels : List.copyOf(last.values());
  }

  /** Asks for the token to go on with elsewhere. */
  record TakeToken(@Nullable JsonNode id) implements Op {}

  /** Subscribes to all that a token stands for. */
  record Resume(@Nullable JsonNode id, String token) implements Op {}

  /** Gives up what it names. */
  record Unsubscribe(@Nullable JsonNode id, List<Wanted> channels) implements Op {
    public Unsubscribe {
      channels = once(channels);
    }
  }

  /** With exactly one of the three. */
  record Login(
      @Nullable JsonNode id,
      @Nullable String token,
      @Nullable String apiKey,
      @Nullable Signature signature)
      implements Op {}

  /**
   * @param key the id of the key
   * @param time milliseconds since the epoch
   * @param value base64 or hex
   */
  record Signature(String key, long time, String value) {}

  /** Asks for the record of a request that was answered with 202. */
  record FindRequest(@Nullable JsonNode id, String request) implements Op {}

  /**
   * Asks to be told what was sent.
   *
   * @param every milliseconds; 0 for not any more
   */
  record Heartbeat(@Nullable JsonNode id, int every) implements Op {}

  /** Asks whether we are there, and for our time. */
  record Ping(@Nullable JsonNode id) implements Op {}

  /**
   * Arms (or with {@code enabled} false disarms) the cancelling of the account's orders.
   *
   * @param grace milliseconds that the client has to come back
   * @param replaces the session that this one comes instead of
   */
  record CancelOnDisconnect(
      @Nullable JsonNode id,
      boolean enabled,
      int grace,
      @Nullable String account,
      @Nullable String replaces)
      implements Op {}

  /** One channel of a request. */
  record Wanted(Key key, int window, boolean meta, boolean checksum, @Nullable Since since) {}

  /** Where a client stood. */
  record Since(String epoch, long seq) {}

  /**
   * What is followed.
   *
   * @param market null for the private channels, whose name is then in {@code name}
   * @param symbol {@code *} for all, and empty for the private channels
   * @param depth of a book, 0 for all of it
   * @param interval of candles, else empty
   */
  record Key(String name, @Nullable Channel market, String symbol, int depth, String interval) {
    public static final String ALL = "*";

    public boolean wildcard() {
      return symbol.equals(ALL);
    }

    public Key of(String oneSymbol) {
      return new Key(name, market, oneSymbol, depth, interval);
    }
  }
}
