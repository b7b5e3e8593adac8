package dev.tidegate.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Decimal;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.fanout.Lag;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.socket.Outlet;
import dev.tidegate.testing.Receipts;
import dev.tidegate.testing.Twin;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a session: reads the frames, keeps books as a client would and complains about
 * every hole. While it is stalled, what is written stays unsent.
 */
public final class FakeClient implements Outlet {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a client knows of one topic. */
  public static final class Known {
    public final TreeMap<Decimal, Decimal> bids = new TreeMap<>();
    public final TreeMap<Decimal, Decimal> asks = new TreeMap<>();

    /** The same to the letter, price and size, from the best price outwards. */
    final TreeMap<Decimal, String> bidTexts = new TreeMap<>(Comparator.reverseOrder());

    final TreeMap<Decimal, String> askTexts = new TreeMap<>();
    public final List<Long> trades = new ArrayList<>();

    /** The beginnings of the bars that were said to be closed. */
    public final List<Long> closed = new ArrayList<>();

    public String epoch = "";
    public long seq = -1;
    long time;
    public int messages;
    public int snapshots;

    /**
     * The part of a snapshot that came last, and of how many; the book is whole when they are one.
     */
    public int part = 1;

    public int parts = 1;

    /** The last message of a channel on which the last one says all. */
    public String said = "";
  }

  public final Map<String, Known> known = new HashMap<>();
  public final List<JsonNode> replies = new ArrayList<>();
  private final List<ByteBuf> unsent = new ArrayList<>();
  private final boolean deflated;
  private final Deflate inflate = new Deflate(1);
  public boolean stalled;
  private boolean full;

  /** What writing, or flushing, ends in. */
  public @Nullable Throwable fails;

  public @Nullable Throwable flushFails;
  public CloseCode closed;
  public String reason = "";
  public long mostPending;

  /** The largest message, in bytes after it was inflated. */
  public int largest;

  public int frames;
  public int heartbeats;
  private @Nullable Receipts receipts;
  public long heardAt;

  /** How often it was asked for a sign, and whether it was given up without a word. */
  public int asked;

  private long askedAfter = -1;
  public boolean cut;

  public FakeClient(boolean deflated) {
    this.deflated = deflated;
  }

  @Override
  public boolean writable() {
    return !full && closed == null && unsent.isEmpty();
  }

  @Override
  public long pending() {
    return unsent.stream().mapToLong(ByteBuf::readableBytes).sum();
  }

  @Override
  public void write(ByteBuf frame) {
    if (fails != null) {
      frame.release();
      FakeClient.<RuntimeException>raise(fails);
    }
    if (closed != null) {
      frame.release();
      return;
    }
    unsent.add(frame);
    mostPending = Math.max(mostPending, pending());
  }

  @Override
  public void flush() {
    if (flushFails != null) {
      FakeClient.<RuntimeException>raise(flushFails);
    }
    if (!stalled) {
      List<ByteBuf> sending = List.copyOf(unsent);
      unsent.clear();
      sending.forEach(this::read);
    }
  }

  @Override
  public long heardAt() {
    return heardAt;
  }

  @Override
  public void check(long now, long pingAfter, long goneAfter) {
    if (closed == null && now - heardAt > goneAfter) {
      cut = true;
    } else if (now - heardAt > pingAfter && askedAfter != heardAt) {
      askedAfter = heardAt;
      asked++;
    }
  }

  @Override
  public void close(CloseCode code, String why) {
    closed = code;
    reason = why;
  }

  @Override
  public void drop() {
    discard();
  }

  public void discard() {
    unsent.forEach(ByteBuf::release);
    unsent.clear();
  }

  private void read(ByteBuf frame) {
    try {
      frames++;
      int first = frame.readUnsignedByte();
      int length = frame.readUnsignedByte();
      length =
          length == 126
              ? frame.readUnsignedShort()
              : length == 127 ? (int) frame.readLong() : length;
      byte[] payload = new byte[length];
      frame.readBytes(payload);
      if ((first & 0x40) != 0) {
        int size = inflate.expand(payload, length, 1 << 26);
        payload = java.util.Arrays.copyOf(inflate.bytes(), size);
      }
      largest = Math.max(largest, payload.length);
      take((first & 0xF) == Frames.BINARY ? Twin.of(payload) : JSON.readTree(payload));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (java.util.zip.DataFormatException e) {
      throw new IllegalStateException(e);
    } finally {
      frame.release();
    }
  }

  boolean deflated() {
    return deflated;
  }

  private void take(JsonNode message) {
    if (message.isArray()) {
      message.forEach(this::data);
      return;
    }
    if (message.path("op").asText().equals("heartbeat")) {
      receipts = receipts == null ? new Receipts() : receipts;
      check(receipts.agrees(message), "got " + receipts + " where " + message);
      heartbeats++;
    }
    replies.add(message);
  }

  static String name(JsonNode m) {
    return m.path("channel").asText()
        + " "
        + m.path("symbol").asText()
        + " "
        + m.path("depth").asInt(0)
        + m.path("interval").asText("");
  }

  private void data(JsonNode m) {
    Known topic = known.computeIfAbsent(name(m), k -> new Known());
    topic.messages++;
    if (receipts != null) {
      receipts.take(m);
    }
    long seq = m.path("seq").asLong();
    switch (m.path("channel").asText()) {
      case "book" -> book(topic, m, seq);
      case "trades" -> trades(topic, m, seq);
      default -> {
        if (topic.epoch.isEmpty() || m.path("epoch").asText(topic.epoch).equals(topic.epoch)) {
          check(seq >= topic.seq, "sequence goes back: " + topic.seq + " then " + m);
        }
        topic.epoch = m.path("epoch").asText(topic.epoch);
        topic.seq = seq;
        topic.snapshots += m.has("epoch") ? 1 : 0;
        topic.said = m.toString();
        if (m.path("closed").asBoolean()) {
          topic.closed.add(m.path("start").asLong());
        }
      }
    }
    topic.time = m.path("time").asLong();
  }

  private static void book(Known topic, JsonNode m, long seq) {
    if (m.path("kind").asText().equals("snapshot")) {
      String epoch = m.path("epoch").asText();
      int part = m.path("part").asInt(1);
      topic.parts = m.path("parts").asInt(1);
      if (part == 1) {
        check(!epoch.equals(topic.epoch) || seq >= topic.seq, "snapshot goes back: " + m);
        topic.bids.clear();
        topic.asks.clear();
        topic.bidTexts.clear();
        topic.askTexts.clear();
        topic.epoch = epoch;
        topic.snapshots++;
      } else {
        check(part == topic.part + 1, "a part is missing: after " + topic.part + " comes " + m);
        check(epoch.equals(topic.epoch) && seq == topic.seq, "a part of something else: " + m);
      }
      topic.part = part;
    } else {
      check(topic.part == topic.parts, "a change before the last part: " + m);
      long prev = m.path("prevSeq").asLong();
      check(prev == topic.seq, "hole: at " + topic.seq + " comes " + m);
      check(seq > prev, "does not go on: " + m);
    }
    topic.seq = seq;
    levels(topic.bids, topic.bidTexts, m.path("bids"));
    levels(topic.asks, topic.askTexts, m.path("asks"));
    if (m.has("checksum")) {
      check(m.path("checksum").asLong() == checksum(topic), "checksum of " + topic.bidTexts);
    }
  }

  private static void levels(
      Map<Decimal, Decimal> side, Map<Decimal, String> texts, JsonNode levels) {
    for (JsonNode level : levels) {
      Decimal price = Decimal.of(level.get(0).asText());
      Decimal size = Decimal.of(level.get(1).asText());
      if (size.isZero()) {
        side.remove(price);
        texts.remove(price);
      } else {
        side.put(price, size);
        texts.put(price, price + ":" + size);
      }
    }
  }

  private static long checksum(Known topic) {
    List<String> bids = topic.bidTexts.values().stream().limit(10).toList();
    List<String> asks = topic.askTexts.values().stream().limit(10).toList();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.addAll(bids.subList(Math.min(i, bids.size()), Math.min(i + 1, bids.size())));
      all.addAll(asks.subList(Math.min(i, asks.size()), Math.min(i + 1, asks.size())));
    }
    CRC32 crc = new CRC32();
    crc.update(String.join(":", all).getBytes(StandardCharsets.US_ASCII));
    return crc.getValue();
  }

  private static void trades(Known topic, JsonNode m, long seq) {
    if (m.path("kind").asText().equals("reset")) {
      topic.epoch = m.path("epoch").asText();
      topic.seq = seq;
      return;
    }
    long prev = m.path("prevSeq").asLong();
    check(topic.seq < 0 || prev == topic.seq, "trades missed: at " + topic.seq + " comes " + m);
    long at = prev;
    for (JsonNode trade : m.path("trades")) {
      check(trade.path("seq").asLong() == ++at, "trade out of order: " + m);
      topic.trades.add(at);
    }
    check(at == seq, "a batch ends at its seq: " + m);
    topic.seq = seq;
  }

  private static void check(boolean good, String what) {
    if (!good) {
      throw new AssertionError(what);
    }
  }

  /** What a session is on the ladder with, which begins when its socket takes nothing. */
  public static Lag lag(Session session, FakeClient client, long nanos) {
    Lag lag = session.lag();
    if (lag != null) {
      return lag;
    }
    client.full = true;
    session.ready(nanos);
    client.full = false;
    return Objects.requireNonNull(session.lag());
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
