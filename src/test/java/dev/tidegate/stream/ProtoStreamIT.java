package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.LeakWatch;
import dev.tidegate.testing.ProtoRequest;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.StreamClient;
import dev.tidegate.testing.Twin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real listener, and clients that speak JSON, Protobuf and compressed Protobuf. */
class ProtoStreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String PROTO = "Sec-WebSocket-Protocol: tidegate.v1.proto";

  private final Random random = new Random(8);
  private LeakWatch leaks;
  private final TestStream stream = new TestStream("BTC-USD");
  private final FakeMarket market = stream.market;
  private String url;
  private long time = 1_700_000_000_000_000L;

  @BeforeEach
  void start() {
    leaks = LeakWatch.begin();
    market.silently("BTC-USD", Channel.BOOK, time, FakeMarket.bid("99.90", "2.50"));
    url = stream.start("").url();
  }

  @AfterEach
  void stop() throws Exception {
    stream.close();
    assertThat(leaks.end()).isEmpty();
  }

  @Test
  void theFirstOfferThatIsSpokenIsTaken() throws IOException {
    agreed("", Frames.TEXT);
    agreed("tidegate.v1.json", Frames.TEXT, "Sec-WebSocket-Protocol: tidegate.v1.json");
    agreed("tidegate.v1.proto", Frames.BINARY, PROTO);
    agreed(
        "tidegate.v1.proto",
        Frames.BINARY,
        "Sec-WebSocket-Protocol: mqtt,tidegate.v1.proto , tidegate.v1.json");
    agreed("tidegate.v1.proto", Frames.BINARY, "Sec-WebSocket-Protocol: mqtt", PROTO);
    agreed("", Frames.TEXT, "Sec-WebSocket-Protocol: mqtt, tidegate.v9.proto");
  }

  private void agreed(String protocol, int opcode, String... headers) throws IOException {
    try (RawWebSocket socket = RawWebSocket.open(url, headers)) {
      assertThat(socket.protocol()).isEqualTo(protocol);
      RawWebSocket.Frame welcome = socket.next();
      assertThat(welcome.opcode()).isEqualTo(opcode);
      JsonNode said =
          opcode == Frames.BINARY ? Twin.of(welcome.payload()) : JSON.readTree(welcome.payload());
      assertThat(said.path("op").asText()).isEqualTo("welcome");
    }
  }

  @Test
  void theSchemaIsBesideTheStream() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient();
        InputStream file = Codec.class.getResourceAsStream("/tidegate/v1/stream.proto")) {
      URI uri = URI.create(url.replace("ws:", "http:") + ".proto");
      HttpResponse<byte[]> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(file.readAllBytes());
    }
  }

  @Test
  void requestsInJsonAreAnsweredInProtobufToo() throws IOException {
    try (RawWebSocket socket = RawWebSocket.open(url, PROTO)) {
      socket.next();
      socket.sendText("{\"op\":\"ping\",\"id\":\"a\"}");
      RawWebSocket.Frame pong = socket.next();
      assertThat(pong.opcode()).isEqualTo(Frames.BINARY);
      assertThat(Twin.of(pong.payload()).path("id").asText()).isEqualTo("a");
    }
  }

  @Test
  void binaryRequestsNeedTheSubProtocol() throws IOException {
    try (RawWebSocket socket = RawWebSocket.open(url)) {
      socket.send(0x82, ProtoRequest.of("{\"op\":\"ping\",\"id\":1}"));
      assertThat(socket.closeCode()).isEqualTo(1003);
    }
  }

  @Test
  void everybodyEndsWithTheSameBookAndTrades() throws Exception {
    try (StreamClient json = new StreamClient("json", null);
        StreamClient proto = new StreamClient("proto", null, true);
        Deflated deflated = new Deflated(url)) {
      json.connect(url);
      proto.connect(url);
      assertThat(proto.subprotocol()).isEqualTo("tidegate.v1.proto");
      json.subscribe(wanted());
      proto.subscribe(wanted());
      deflated.subscribe(wanted());
      Await.await("all follow", SOON, () -> follows(json) && follows(proto));
      trade(400);
      for (StreamClient client : List.of(json, proto)) {
        Await.await(client.name() + " is up to date", SOON, () -> upToDate(client));
        assertThat(client.breaches()).isEmpty();
      }
      deflated.readUntil(400);
      assertThat(deflated.known("trades").trades).hasSize(400);
      // The same text, not only the same number: nothing is lost on the way.
      assertThat(book(proto)).isEqualTo(book(json)).isEqualTo(truth());
      assertThat(texts(deflated.known("book"))).isEqualTo(truth());
      assertThat(trades(proto)).isEqualTo(trades(json)).hasSize(400);
    }
  }

  @Test
  void resumesWhereItStood() throws Exception {
    try (StreamClient proto = new StreamClient("proto", null, true)) {
      proto.connect(url);
      proto.subscribe(wanted());
      Await.await("it follows", SOON, () -> follows(proto));
      trade(50);
      Await.await("it is up to date", SOON, () -> upToDate(proto));
      proto.drop();
      trade(50);
      proto.connect(url);
      Await.await("it is up to date again", SOON, () -> upToDate(proto));
      assertThat(proto.breaches()).isEmpty();
      assertThat(book(proto)).isEqualTo(truth());
      assertThat(trades(proto)).hasSize(100);
      assertThat(proto.replies().getLast().path("channels"))
          .allMatch(channel -> channel.path("recovered").asBoolean());
    }
  }

  private List<ObjectNode> wanted() {
    return List.of(
        StreamClient.channel("book", "BTC-USD", 10), StreamClient.channel("trades", "BTC-USD", 0));
  }

  private static boolean follows(StreamClient client) {
    return client.look("book", "BTC-USD", feed -> feed.snapshots > 0);
  }

  private int said;

  /** So many trades, and as many changes of the book. */
  private void trade(int count) {
    for (int i = 0; i < count; i++) {
      Level level =
          FakeMarket.level(
              (90 + random.nextInt(10)) + "." + random.nextInt(10) + "0",
              random.nextInt(3) == 0 ? "0.00000000" : random.nextInt(1, 50) + ".5000000" + i % 10);
      market.say("BTC-USD", Channel.BOOK, ++time, new Delta(List.of(level), List.of()));
      Trade trade =
          new Trade(
              "t" + ++said,
              Decimal.of("100." + i % 10 + "0"),
              Decimal.of("0.30"),
              i % 3 == 0 ? Side.BUY : Side.SELL);
      market.say("BTC-USD", Channel.TRADES, ++time, trade);
    }
  }

  private boolean upToDate(StreamClient client) {
    return client.look("trades", "BTC-USD", feed -> feed.seq == said)
        && client.look("book", "BTC-USD", feed -> feed.seq == said + 1);
  }

  private static Map<BigDecimal, String> book(StreamClient client) {
    return client.look("book", "BTC-USD", feed -> new TreeMap<>(feed.bids));
  }

  private static List<JsonNode> trades(StreamClient client) throws IOException {
    // Read again, so that numbers are of one type.
    String text = client.look("trades", "BTC-USD", feed -> feed.items.toString());
    return List.of(JSON.readValue(text, JsonNode[].class));
  }

  private Map<BigDecimal, String> truth() {
    Map<BigDecimal, String> truth = new TreeMap<>();
    market
        .book("BTC-USD")
        .bids()
        .forEach(l -> truth.put(new BigDecimal(l.price().toString()), l.size().toString()));
    return truth;
  }

  private static Map<BigDecimal, String> texts(FakeClient.Known known) {
    Map<BigDecimal, String> texts = new TreeMap<>();
    known.bids.forEach((p, s) -> texts.put(new BigDecimal(p.toString()), s.toString()));
    return texts;
  }

  /** A client on a bare socket that takes compressed Protobuf. */
  private static final class Deflated implements AutoCloseable {
    private final RawWebSocket socket;
    private final FakeClient client = new FakeClient(true);
    private int compressed;

    Deflated(String url) throws IOException {
      socket = RawWebSocket.open(url, PROTO, "Sec-WebSocket-Extensions: permessage-deflate");
      assertThat(socket.extensions()).startsWith("permessage-deflate");
      read();
    }

    void subscribe(List<ObjectNode> channels) throws IOException {
      ObjectNode op = JSON.createObjectNode().put("op", "subscribe").put("id", 1);
      op.putArray("channels").addAll(channels);
      socket.send(0x82, ProtoRequest.of(op.toString()));
      while (!client.known.containsKey("book BTC-USD 0")) {
        read();
      }
    }

    void readUntil(long trades) throws IOException {
      while (client.known.get("book BTC-USD 0").seq < trades + 1
          || !client.known.containsKey("trades BTC-USD 0")
          || known("trades").seq < trades) {
        read();
      }
      assertThat(compressed).as("compressed frames").isPositive();
    }

    FakeClient.Known known(String channel) {
      return client.known.get(channel + " BTC-USD 0");
    }

    private void read() throws IOException {
      RawWebSocket.Frame frame = socket.next();
      assertThat(frame.opcode()).isEqualTo(Frames.BINARY);
      compressed += (frame.head() & 0x40) == 0 ? 0 : 1;
      ByteBuf whole = Unpooled.buffer().writeByte(frame.head());
      whole.writeByte(127).writeLong(frame.payload().length).writeBytes(frame.payload());
      client.write(whole);
      client.flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
