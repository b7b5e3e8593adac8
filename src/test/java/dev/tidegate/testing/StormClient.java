package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A client that pauses its reading, is cut off and comes back on any node, and holds every message
 * to the published rules: it believes nothing that it can check. All state is under its lock.
 */
public final class StormClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Set<String> QUIET = Set.of("pong", "heartbeat");
  private static final String HEARTBEAT = "{\"op\":\"heartbeat\",\"id\":1,\"every\":1000}";
  private static final long ASK_AGAIN = -2;
  private static final Duration HANDSHAKE = Duration.ofSeconds(4);

  /** What happens to a client's connection; called without its lock. */
  public interface Fate {
    /** The connection is gone, and not because the client wanted it. */
    void gone(StormClient client, int code, String reason);

    /** The node wants the client to go elsewhere within the time. */
    void toldToLeave(StormClient client, long withinMillis);
  }

  public final String name;
  public final Tally tally = new Tally();
  public final Diary diary;
  private final int window;
  private final boolean epochsEnd;
  private final Fate fate;
  private final Map<String, StormMarket> markets = new TreeMap<>();
  private final List<String> breaches = new ArrayList<>();
  private @Nullable Connection current;
  private int pongs;
  private boolean paused;
  private boolean closed;
  private boolean away;

  /** Counts of what a client has lived through. */
  public static final class Tally {
    public int connections;
    public int messages;
    public int recovered;
    public int refreshed;
    public int notices;
    public int toldToLeave;
    public int resets;
    public int heartbeats;
    public final Map<Integer, Integer> closes = new TreeMap<>();
  }

  /**
   * @param depths the symbols that it follows and the depth of each book, 0 for the whole book
   */
  public StormClient(
      String name,
      int window,
      Map<String, Integer> depths,
      boolean epochsEnd,
      long start,
      Fate fate) {
    this.epochsEnd = epochsEnd;
    this.name = name;
    this.window = window;
    this.fate = fate;
    this.diary = new Diary(start);
    depths.forEach(
        (symbol, depth) -> markets.put(symbol, new StormMarket(symbol, depth, epochsEnd)));
    diary.note("window " + window + ", depths " + depths);
  }

  /** Connects and, when that succeeds, subscribes from where it stands. */
  public void connect(GatewayProcess node) {
    Connection fresh = new Connection();
    synchronized (this) {
      if (closed) {
        return;
      }
      away = false;
      current = fresh;
      tally.connections++;
      diary.note("connecting to " + node.name());
    }
    HTTP.newWebSocketBuilder()
        .connectTimeout(HANDSHAKE)
        .buildAsync(URI.create(node.stream()), fresh)
        .whenComplete(
            (socket, failure) -> {
              if (failure != null) {
                ended(fresh, 0, "no connection: " + failure);
              }
            });
  }

  /** Breaks the connection without a goodbye. */
  public void drop(String why) {
    Connection gone;
    synchronized (this) {
      gone = current;
      current = null;
      away = true;
      diary.note("dropping: " + why);
    }
    if (gone != null) {
      gone.abort();
    }
  }

  /** Reads no frame from now on. */
  public synchronized void pause() {
    paused = true;
    diary.note("pausing");
  }

  /** Reads again and asks for a sign of life; the answers before it, for {@link #doubt}. */
  public int resume() {
    Connection to;
    int before;
    synchronized (this) {
      paused = false;
      to = current;
      before = pongs;
      diary.note("reading again");
    }
    if (to != null) {
      to.next();
    }
    return before;
  }

  /**
   * A connection that has not answered since is taken for dead: not every reset is reported, and
   * what a dead node had sent before can still be read.
   */
  public void doubt(int pongsBefore) {
    Connection silent;
    synchronized (this) {
      silent = paused || pongs != pongsBefore ? null : current;
    }
    if (silent != null) {
      ended(silent, 1006, "silent");
    }
  }

  /** A reader that has slept cannot tell a quiet market from a dead node without asking. */
  private void knock(Connection connection, WebSocket socket) {
    socket
        .sendText("{\"op\":\"ping\",\"id\":0}", true)
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                ended(connection, 1006, "no ping: " + failure);
              }
            });
  }

  /** Whether it has left on its own and nobody has connected it since. */
  public synchronized boolean away() {
    return away;
  }

  public synchronized boolean connected() {
    return current != null;
  }

  public synchronized List<String> breaches() {
    return List.copyOf(breaches);
  }

  /** What the client still lacks, or has wrong; empty when it has exactly what it should. */
  public synchronized List<String> differences(Map<String, ReferenceBook> expected) {
    List<String> all = new ArrayList<>();
    for (StormMarket market : markets.values()) {
      all.addAll(market.differences(expected.get(market.symbol)));
    }
    return all;
  }

  private ObjectNode subscription() {
    ObjectNode op = JSON.createObjectNode().put("op", "subscribe").put("id", tally.connections);
    ArrayNode channels = op.putArray("channels");
    for (StormMarket market : markets.values()) {
      market.subscribe(channels, window);
    }
    return op;
  }

  private void ended(Connection connection, int code, String reason) {
    synchronized (this) {
      if (current != connection) {
        return;
      }
      current = null;
      tally.closes.merge(code, 1, Integer::sum);
      diary.note("lost: " + code + " " + reason);
    }
    connection.abort();
    fate.gone(this, code, reason);
  }

  private final class Connection implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final Receipts receipts = new Receipts();
    private @Nullable WebSocket socket;
    private boolean owing;

    @Override
    public void onOpen(WebSocket opened) {
      synchronized (StormClient.this) {
        socket = opened;
        if (current != this) {
          opened.abort();
          return;
        }
        String request = subscription().toString();
        diary.note("open, asks " + request);
        opened.sendText(HEARTBEAT, true).thenCompose(sent -> opened.sendText(request, true));
      }
      opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      long leaveWithin = -1;
      synchronized (StormClient.this) {
        if (last && current == this) {
          leaveWithin = frame(text.toString(), receipts);
        }
        if (last) {
          text.setLength(0);
        }
        if (paused) {
          owing = true;
          return null;
        }
      }
      if (leaveWithin == ASK_AGAIN) {
        ended(this, 0, "refused for now");
        return null;
      }
      if (leaveWithin >= 0) {
        fate.toldToLeave(StormClient.this, leaveWithin);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      ended(this, code, reason);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended(this, 1006, error.toString());
    }

    void next() {
      WebSocket to;
      boolean owed;
      synchronized (StormClient.this) {
        to = socket;
        owed = owing;
        owing = false;
      }
      if (to != null && owed) {
        to.request(1);
      }
      if (to != null) {
        knock(this, to);
      }
    }

    void abort() {
      WebSocket gone;
      synchronized (StormClient.this) {
        gone = socket;
      }
      if (gone != null) {
        gone.abort();
      }
    }
  }

  /** The time that a {@code reconnect} gives, {@link #ASK_AGAIN}, or -1. */
  private long frame(String text, Receipts receipts) {
    try {
      JsonNode frame = JSON.readTree(text);
      if (frame.isObject()) {
        return reply(frame, receipts);
      }
      for (JsonNode message : frame) {
        tally.messages++;
        receipts.take(message);
        StormMarket market = markets.get(message.path("symbol").asText());
        String breach = market == null ? "not subscribed" : market.hear(message);
        tally.resets += message.path("kind").asText().equals("reset") ? 1 : 0;
        if (breach != null) {
          breach(breach + ": " + brief(message.toString()));
        }
      }
    } catch (IOException e) {
      breach("not JSON: " + brief(text));
    }
    return -1;
  }

  private long reply(JsonNode reply, Receipts receipts) {
    String op = reply.path("op").asText();
    if (!QUIET.contains(op)) {
      diary.note("hears " + brief(reply.toString()));
    }
    switch (op) {
      case "pong" -> pongs++;
      case "heartbeat" -> {
        tally.heartbeats++;
        if (!receipts.agrees(reply)) {
          breach("has got " + receipts + ", but " + reply);
        }
      }
      case "subscribed" -> subscribed(reply);
      case "error" -> {
        if (epochsEnd && reply.path("code").asText().equals("unknown-symbol")) {
          return ASK_AGAIN; // its topic is just made anew
        }
        breach("refused: " + reply);
      }
      case "notice" -> tally.notices++;
      case "reconnect" -> {
        tally.toldToLeave++;
        return reply.path("within").asLong();
      }
      default -> {
        // A welcome and the like say nothing that could be checked.
      }
    }
    return -1;
  }

  private void subscribed(JsonNode reply) {
    for (JsonNode channel : reply.path("channels")) {
      StormMarket market = markets.get(channel.path("symbol").asText());
      if (channel.path("recovered").asBoolean()) {
        tally.recovered++;
      } else {
        tally.refreshed++;
      }
      String breach = market == null ? "not asked for" : market.begins(channel);
      if (breach != null) {
        breach(breach + ": " + channel);
      }
    }
  }

  private void breach(String what) {
    breaches.add(name + ": " + what);
    diary.note("BREACH " + what);
  }

  private static String brief(String text) {
    return text.length() > 400 ? text.substring(0, 400) + "..." : text;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      paused = false;
    }
    drop("end");
  }
}
