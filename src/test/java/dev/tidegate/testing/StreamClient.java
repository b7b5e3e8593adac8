package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A trader's client on the JDK's WebSocket: it keeps books, trades and private messages by the
 * published rules alone, and collects every breach of them in {@link #breaches()}. Its state
 * survives {@link #drop} and goes on with {@link #connect} to any node.
 */
public final class StreamClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final @Nullable String apiKey;
  private final boolean protobuf;
  private final Map<String, Feed> feeds = new TreeMap<>();
  private final Queue<String> breaches = new ConcurrentLinkedQueue<>();
  private final Queue<JsonNode> replies = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Connection connection;
  private volatile int closeCode;
  private int ids;
  private int dropped;

  public StreamClient(String name, @Nullable String apiKey) {
    this(name, apiKey, false);
  }

  /** Speaks Protobuf, or JSON as whoever asks for nothing. */
  public StreamClient(String name, @Nullable String apiKey, boolean protobuf) {
    this.name = name;
    this.apiKey = apiKey;
    this.protobuf = protobuf;
  }

  /** What is known of one channel of one symbol. All access under the client's lock. */
  public static final class Feed {
    public final ObjectNode request;
    public @Nullable String epoch;
    public long seq;
    public final TreeMap<java.math.BigDecimal, String> bids =
        new TreeMap<>(java.util.Comparator.reverseOrder());
    public final TreeMap<java.math.BigDecimal, String> asks = new TreeMap<>();
    public final List<JsonNode> items = new ArrayList<>();
    public int snapshots;
    public int messages;

    Feed(ObjectNode request) {
      this.request = request;
    }
  }

  public static ObjectNode channel(String channel, @Nullable String symbol, int window) {
    ObjectNode node = JSON.createObjectNode().put("channel", channel).put("window", window);
    return symbol == null ? node : node.put("symbol", symbol);
  }

  public void connect(String url) throws InterruptedException {
    WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
    if (apiKey != null) {
      builder.header("X-API-Key", apiKey);
    }
    if (protobuf) {
      builder.subprotocols("tidegate.v1.proto", "tidegate.v1.json");
    }
    Connection fresh = new Connection();
    connection = fresh;
    closeCode = 0;
    try {
      fresh.socket = builder.buildAsync(URI.create(url), fresh).join();
    } catch (CompletionException e) {
      connection = null;
      throw e;
    }
    resubscribe();
  }

  /** Subscribes to what was asked before, from where it stands. */
  private void resubscribe() {
    List<ObjectNode> channels = new ArrayList<>();
    synchronized (this) {
      for (Feed feed : feeds.values()) {
        ObjectNode request = feed.request.deepCopy();
        if (feed.epoch != null) {
          request.putObject("since").put("epoch", feed.epoch).put("seq", feed.seq);
        }
        channels.add(request);
      }
    }
    if (!channels.isEmpty()) {
      send(channels);
    }
  }

  public void subscribe(List<ObjectNode> channels) {
    synchronized (this) {
      for (ObjectNode channel : channels) {
        feeds.put(key(channel), new Feed(channel));
      }
    }
    send(channels);
  }

  private void send(List<ObjectNode> channels) {
    ObjectNode op = JSON.createObjectNode().put("op", "subscribe").put("id", ++ids);
    op.putArray("channels").addAll(channels);
    send(op.toString());
  }

  public void send(String frame) {
    Connection to = connection;
    if (to != null && to.socket != null) {
      if (protobuf) {
        to.socket.sendBinary(ByteBuffer.wrap(ProtoRequest.of(frame)), true).join();
      } else {
        to.socket.sendText(frame, true).join();
      }
    }
  }

  /** Breaks the connection without a goodbye; what was still on its way is not looked at. */
  public void drop() {
    dropped++;
    Connection gone = connection;
    synchronized (this) {
      connection = null;
    }
    if (gone != null && gone.socket != null) {
      gone.socket.abort();
    }
  }

  private static String key(JsonNode message) {
    return message.path("channel").asText() + "/" + message.path("symbol").asText("");
  }

  /** One connection's listener; once the client has dropped it, what it hears counts no more. */
  private final class Connection implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private volatile @Nullable WebSocket socket;

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        synchronized (StreamClient.this) {
          if (connection == this) {
            read(whole);
          }
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      binary.writeBytes(part);
      if (last) {
        byte[] whole = binary.toByteArray();
        binary.reset();
        synchronized (StreamClient.this) {
          if (connection == this) {
            frame(Twin.of(whole));
          }
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      if (connection == this) {
        closeCode = code;
        connection = null;
      }
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      if (connection == this) {
        connection = null;
      }
    }
  }

  private void read(String text) {
    try {
      frame(JSON.readTree(text));
    } catch (IOException e) {
      breaches.add(name + ": not JSON: " + text);
    }
  }

  /** What the server chose; empty when nothing. */
  public String subprotocol() {
    Connection now = connection;
    return now == null || now.socket == null ? "" : now.socket.getSubprotocol();
  }

  private void frame(JsonNode frame) {
    if (frame.isObject()) {
      reply(frame);
      return;
    }
    for (JsonNode message : frame) {
      Feed feed = feeds.get(key(message));
      if (feed == null) {
        breaches.add(name + ": not subscribed: " + brief(message));
        continue;
      }
      feed.messages++;
      switch (message.path("channel").asText()) {
        case "book" -> book(feed, message);
        case "trades" -> trades(feed, message);
        case "requests", "orders" -> numbered(feed, message);
        default -> {
          feed.items.clear();
          feed.items.add(message);
          forward(feed, message);
        }
      }
    }
  }

  private void reply(JsonNode reply) {
    replies.add(reply);
    if (reply.path("op").asText().equals("subscribed")) {
      for (JsonNode channel : reply.path("channels")) {
        Feed feed = feeds.get(key(channel));
        if (feed != null && !channel.path("recovered").asBoolean() && channel.hasNonNull("epoch")) {
          if (!channel.path("epoch").asText().equals(feed.epoch)) {
            feed.epoch = channel.path("epoch").asText();
            feed.seq = 0;
          }
        }
      }
    }
  }

  private void book(Feed feed, JsonNode message) {
    if (message.path("kind").asText().equals("snapshot")) {
      if (message.path("part").asInt(1) == 1) {
        feed.bids.clear();
        feed.asks.clear();
      }
      feed.epoch = message.path("epoch").asText();
      feed.snapshots += message.path("part").asInt(1) == message.path("parts").asInt(1) ? 1 : 0;
    } else if (message.path("prevSeq").asLong() != feed.seq) {
      breaches.add(name + ": gap, at " + feed.seq + " and got " + brief(message));
    }
    feed.seq = message.path("seq").asLong();
    levels(feed.bids, message.path("bids"));
    levels(feed.asks, message.path("asks"));
  }

  private static void levels(Map<java.math.BigDecimal, String> side, JsonNode levels) {
    for (JsonNode level : levels) {
      java.math.BigDecimal price = new java.math.BigDecimal(level.get(0).asText());
      String size = level.get(1).asText();
      if (new java.math.BigDecimal(size).signum() == 0) {
        side.remove(price);
      } else {
        side.put(price, size);
      }
    }
  }

  private void trades(Feed feed, JsonNode message) {
    if (message.hasNonNull("epoch") && !message.path("epoch").asText().equals(feed.epoch)) {
      feed.epoch = message.path("epoch").asText();
      feed.seq = 0;
    }
    for (JsonNode trade : message.path("trades")) {
      long seq = trade.path("seq").asLong();
      if (feed.seq != 0 && seq != feed.seq + 1) {
        breaches.add(name + ": trades at " + feed.seq + " and got " + brief(message));
      }
      feed.seq = seq;
      feed.items.add(trade);
    }
  }

  private void numbered(Feed feed, JsonNode message) {
    long seq = message.path("seq").asLong();
    if (message.path("epoch").asText().equals(feed.epoch) && seq <= feed.seq) {
      return;
    }
    feed.epoch = message.path("epoch").asText();
    feed.seq = seq;
    feed.items.add(message);
  }

  private void forward(Feed feed, JsonNode message) {
    long seq = message.path("seq").asLong();
    if (message.hasNonNull("epoch") && !message.path("epoch").asText().equals(feed.epoch)) {
      feed.epoch = message.path("epoch").asText();
    } else if (seq < feed.seq) {
      breaches.add(name + ": went back from " + feed.seq + ": " + brief(message));
    }
    feed.seq = seq;
  }

  private static String brief(JsonNode message) {
    String text = message.toString();
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }

  public String name() {
    return name;
  }

  public int drops() {
    return dropped;
  }

  public boolean isOpen() {
    return connection != null;
  }

  public int closeCode() {
    return closeCode;
  }

  public List<String> breaches() {
    return List.copyOf(breaches);
  }

  public List<JsonNode> replies() {
    return List.copyOf(replies);
  }

  /** Runs a check on one feed while nothing arrives. */
  public synchronized <T> T look(
      String channel, @Nullable String symbol, java.util.function.Function<Feed, T> check) {
    Feed feed = feeds.get(channel + "/" + (symbol == null ? "" : symbol));
    if (feed == null) {
      throw new IllegalArgumentException("not subscribed: " + channel + " " + symbol);
    }
    return check.apply(feed);
  }

  /** Forgets the trades and other items that came so far, but not where each channel stands. */
  public synchronized void forgetItems() {
    feeds.values().forEach(feed -> feed.items.clear());
  }

  public synchronized Map<String, Feed> feeds() {
    return Map.copyOf(feeds);
  }

  @Override
  public void close() {
    drop();
  }
}
