package dev.tidegate.stream.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestStream;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.RequestDice;
import dev.tidegate.stream.socket.FrameDice;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.LeakWatch;
import dev.tidegate.testing.ProtoRequest;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.RawWebSocket.Frame;
import dev.tidegate.testing.Twin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * Right, wrong and broken requests at a real listener: each is answered once, in JSON that can be
 * read, or the session is closed with a code; nothing is thrown, nobody stays, nothing leaks.
 */
class ProtocolFuzzIT {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final Set<String> CODES =
      Set.of(
          Refusal.MALFORMED,
          Refusal.UNREADABLE,
          Refusal.UNKNOWN_OP,
          Refusal.BAD_REQUEST,
          Refusal.UNKNOWN_SYMBOL,
          Refusal.UNKNOWN_CHANNEL,
          Refusal.NOT_ENTITLED,
          Refusal.UNAUTHENTICATED,
          Refusal.NOT_SUBSCRIBED,
          Refusal.UNAVAILABLE);
  private static final Set<String> ANSWERS =
      Set.of(
          "subscribed",
          "unsubscribed",
          "loggedIn",
          "pong",
          "cancelOnDisconnect",
          "heartbeat",
          "token",
          "error");

  private static final int LIMIT = 16 * 1024;
  private static final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  private static LeakWatch leaks;
  private static TestStream stream;
  private static String url;

  @BeforeContainer
  static void start() {
    stream = new TestStream(new OneKey(), new Rules(), "BTC-USD", "ETH-USD");
    leaks = LeakWatch.begin(); // Vert.x has turned the detector off
    stream.vertx.exceptionHandler(thrown::add);
    stream.start(
        """
        tiers: {default: {rank: 1, messagesPerSecond: 0}}
        storm: {connections: 0}
        drain: 1s
        feedLost: 1h
        maxFrame: %d
        adaptive: false
        cancelOnDisconnect: {topic: commands, route: orders, path: /v1/orders}
        """
            .formatted(LIMIT));
    stream.market.say("BTC-USD", Channel.BOOK, 1, FakeMarket.bid("100.10", "2"));
    stream.market.say("BTC-USD", Channel.TRADES, 2, FakeMarket.trade("t1"));
    url = stream.url();
  }

  @AfterContainer
  static void nobodyAndNothingIsLeft() throws Exception {
    Await.await(
        "all sessions and subscriptions are gone",
        Duration.ofSeconds(10),
        () ->
            gauge("tidegate.stream.sessions") == 0 && gauge("tidegate.stream.subscriptions") == 0);
    assertThat(stream.census().present("127.0.0.1")).isZero();
    assertThat(stream.census().present(Census.user("alice"))).isZero();
    stream.close();
    assertThat(thrown).isEmpty();
    assertThat(leaks.end()).isEmpty();
  }

  private static double gauge(String name) {
    return stream.registry.get(name).gauge().value();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void everyRequestIsAnsweredOnceOrTheSessionIsClosed(@ForAll long seed) throws IOException {
    RequestDice dice = new RequestDice(seed);
    try (RawWebSocket socket = RawWebSocket.open(url)) {
      converse(
          socket,
          Frames.TEXT,
          dice,
          dice::request,
          "{\"op\":\"ping\",\"id\":\"the last\"}".getBytes(UTF_8));
    }
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void everyRequestInProtobufIsAnsweredOnceOrTheSessionIsClosed(@ForAll long seed)
      throws IOException {
    RequestDice dice = new RequestDice(seed);
    String protocol = "Sec-WebSocket-Protocol: " + Codec.PROTO.protocol;
    try (RawWebSocket socket = RawWebSocket.open(url, protocol)) {
      converse(
          socket,
          Frames.BINARY,
          dice,
          dice::binaryRequest,
          ProtoRequest.of("{\"op\":\"ping\",\"id\":\"the last\"}"));
    }
  }

  private static void converse(
      RawWebSocket socket, int opcode, RequestDice dice, Supplier<byte[]> requests, byte[] ping)
      throws IOException {
    assertThat(message(socket.next(), opcode).path("op").asText()).isEqualTo("welcome");
    int asked = 1 + dice.random.nextInt(40);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < asked; i++) {
      byte[] request = requests.get();
      socket.send(0x80 | opcode, request);
      String id = opcode == Frames.BINARY ? ProtoRequest.id(request) : id(request);
      if (id != null) {
        ids.add(id);
      }
    }
    for (int answered = 0; answered < asked; ) {
      Frame frame = socket.next();
      if (frame.opcode() == Frames.CLOSE) {
        assertThat(frame.closeCode()).isEqualTo(4501);
        assertThat(answered).as("closed for much nonsense only").isGreaterThanOrEqualTo(20);
        socket.write(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0});
        assertThat(socket.ended()).isTrue();
        return;
      }
      JsonNode message = message(frame, opcode);
      answered += answers(message);
      ids.remove(String.valueOf(message.get("id")));
    }
    assertThat(ids).as("ids that came back with no answer").isEmpty();
    socket.send(0x80 | opcode, ping);
    Frame pong = socket.next();
    while (pong.opcode() == opcode && message(pong, opcode).isArray()) {
      pong = socket.next();
    }
    if (pong.opcode() == Frames.CLOSE) {
      assertThat(pong.closeCode()).as("the last nonsense was one too many").isEqualTo(4501);
      assertThat(asked).isGreaterThanOrEqualTo(20);
      return;
    }
    assertThat(message(pong, opcode).path("id").asText())
        .as("nothing was answered twice")
        .isEqualTo("the last");
  }

  /** As it is to come back; null when the request has none that can be read. */
  private static @Nullable String id(byte[] request) {
    try {
      JsonNode id = STRICT.readTree(request).path("id");
      boolean sane = id.isIntegralNumber() || (id.isTextual() && id.asText().length() <= 64);
      // Half of a surrogate pair has no UTF-8.
      return sane ? new String(id.toString().getBytes(UTF_8), UTF_8) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static JsonNode message(Frame frame, int opcode) throws IOException {
    assertThat(frame.head()).isEqualTo(0x80 | opcode);
    return opcode == Frames.BINARY ? Twin.of(frame.payload()) : JSON.readTree(frame.payload());
  }

  /** 1 for an answer, 0 for market data and notices; each has to make sense. */
  private static int answers(JsonNode message) {
    if (message.isArray()) {
      message.forEach(one -> assertThat(one.path("channel").asText()).isNotEmpty());
      return 0;
    }
    String op = message.path("op").asText();
    if (op.equals("notice")) {
      return 0;
    }
    assertThat(ANSWERS).contains(op);
    if (op.equals("error")) {
      assertThat(CODES).contains(message.path("code").asText());
      assertThat(message.path("detail").asText()).isNotBlank();
    }
    return 1;
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void aBrokenFrameEndsTheSessionWhateverItHadAskedFor(@ForAll long seed, @ForAll boolean deflate)
      throws IOException {
    RequestDice requests = new RequestDice(seed);
    String[] headers =
        deflate ? new String[] {"Sec-WebSocket-Extensions: permessage-deflate"} : new String[0];
    try (RawWebSocket socket = RawWebSocket.open(url, headers);
        Deflate deflater = new Deflate(1)) {
      FrameDice frames = new FrameDice(seed, LIMIT, deflate, deflater);
      for (int n = frames.random.nextInt(6); n > 0; n--) {
        socket.send(0x80 | Frames.TEXT, requests.request());
      }
      int code = frames.broken();
      socket.write(frames.bytes());
      assertThat(socket.closeCode()).isEqualTo(code);
      assertThat(socket.ended()).isTrue();
    }
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void bytesOfAnyKindAreAnsweredOrEndTheSession(@ForAll long seed) throws IOException {
    try (RawWebSocket socket = RawWebSocket.open(url);
        Deflate deflater = new Deflate(1)) {
      FrameDice frames = new FrameDice(seed, LIMIT, false, deflater).conversation(false);
      socket.write(frames.mutated());
      fill(socket);
      assertThat(socket.closeCode()).isBetween(1000, 4999);
      assertThat(socket.ended()).isTrue();
    }
  }

  /** Whatever state the decoder is in: this is more than any frame holds, and no frame itself. */
  private static void fill(RawWebSocket socket) {
    byte[] ones = new byte[LIMIT + 1024];
    Arrays.fill(ones, (byte) 0xFF);
    try {
      socket.write(ones);
    } catch (IOException e) {
      // The gateway has had enough before: the close that it sent can be read nevertheless.
      return;
    }
  }

  private static final class OneKey implements Authenticator {
    @Override
    public Verdict apiKey(String key) {
      return key.equals("good")
          ? new Verdict(
              new Identity("alice", "alice", "default", Set.of(), Long.MAX_VALUE, "key"), null)
          : new Verdict(null, "no such key");
    }

    @Override
    public Verdict bearer(String token) {
      return new Verdict(null, "no such token");
    }
  }
}
