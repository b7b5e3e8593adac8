package dev.tidegate.stream.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Statement;
import dev.tidegate.stream.encode.Subject;
import dev.tidegate.testing.Schema;
import dev.tidegate.testing.Twin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every reply says the same in Protobuf, read by another library, as in JSON. */
class ReplyTwinTest {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_LONG_FOR_INTS);

  private final SteppedLoop loop = new SteppedLoop();
  private final Replies replies = new Replies(loop);
  private final Set<String> compared = new HashSet<>();
  private final JsonNode id = IntNode.valueOf(7);

  private JsonNode same(String name, Statement reply) throws IOException {
    compared.add(name);
    JsonNode json = JSON.readTree(payload(reply, Codec.JSON));
    assertThat(Twin.of(payload(reply, Codec.PROTO))).isEqualTo(json);
    return json;
  }

  private static byte[] payload(Statement reply, Codec codec) {
    try (Frames frames = new Frames(UnpooledByteBufAllocator.DEFAULT, 1)) {
      frames.reply(new Replies(new SteppedLoop()).pong(null), codec).release();
      ByteBuf frame = frames.reply(reply, codec);
      assertThat(frame.readUnsignedByte()).isEqualTo((short) (0x80 | codec.opcode));
      int length = frame.readUnsignedByte();
      length = length == 126 ? frame.readUnsignedShort() : length;
      byte[] bytes = new byte[length];
      frame.readBytes(bytes);
      assertThat(frame.isReadable()).isFalse();
      frame.release();
      return bytes;
    }
  }

  @Test
  void everyReplyHasItsTwin() throws IOException {
    same("welcome", replies.welcome("n1-0-x-1", "Knoten \"ä\""));
    same("pong", replies.pong(id));
    same("pong", replies.pong(null));
    same("loggedIn", replies.loggedIn(TextNode.valueOf("I\n€"), "alice", 1_800_000_000_000L));
    same("loggedIn", replies.loggedIn(id, "alice", Long.MAX_VALUE));
    same("error", replies.error(new Refusal(Refusal.LIMIT, "x".repeat(300), "subscribe", id)));
    same("error", replies.error(new Refusal(Refusal.UNREADABLE, "no")));
    same("notice", replies.notice("slow-consumer", "so slow"));
    same("reconnect", Replies.reconnect(null, "this node is leaving", 30_000, 12, "a token"));
    same("reconnect", Replies.reconnect(CloseCode.SLOW_CONSUMER, "slow", 1, 12, null));
    same("token", replies.token(id, "a token"));
    for (Result result : new Result[] {null, created(), new Result(500, new byte[0])}) {
      same("request", replies.request(id, stored(1_800_000_000_120L, result)));
    }
    same("cancelOnDisconnect", replies.cancelOnDisconnect(id, true, 600_000));
    same("heartbeat", replies.heartbeat(id, 0, new Replies.Sent(0, 0, -1, List.of())));
    Replies.Head book = Replies.Head.of(new Subject(Channel.BOOK, "XBT/€", 5, ""), 7);
    Replies.Head bar = Replies.Head.of(new Subject(Channel.CANDLES, "A", 0, "1m"), 1L << 40);
    same(
        "heartbeat",
        replies.heartbeat(null, 60_000, new Replies.Sent(1L << 40, -2, 9, List.of(book, bar))));
    same("unsubscribed", replies.unsubscribed(id, List.of(key("book", 5), key("orders", 0))));
    everyTransition();
    for (Method method : Replies.class.getDeclaredMethods()) {
      if (method.getReturnType() == Statement.class && !Modifier.isPrivate(method.getModifiers())) {
        assertThat(compared).as("replies that were compared").contains(method.getName());
      }
    }
  }

  private void everyTransition() throws IOException {
    JsonNode said =
        same(
            "subscribed",
            replies.subscribed(
                id,
                List.of(
                    new Replies.Subscribed(
                        wanted(key("book", 0), 0, false), "e1", 12, false, 0, false),
                    new Replies.Subscribed(
                        wanted(key("trades", 0).of("*"), 50, true), "", 0, false, 0, false),
                    new Replies.Subscribed(
                        wanted(key("orders", 0), 0, false), "p", 3, true, 0, false),
                    new Replies.Subscribed(
                        wanted(key("trades", 0), 0, false), "", 0, false, 77, true))));
    assertThat(said.at("/channels/0/window").isInt() || said.at("/channels/0/window").isLong())
        .as("what is 0 is said nevertheless")
        .isTrue();
    assertThat(said.at("/channels/1").has("recovered")).isFalse();
    same(
        "transitions",
        replies.transitions(
            List.of(
                transition("requests", 4, null),
                transition("orders", 5, created()),
                transition("requests", 6, new Result(500, new byte[0])))));
  }

  private static final java.nio.charset.Charset UTF = java.nio.charset.StandardCharsets.UTF_8;

  private static Result created() {
    return new Result(201, "{\"a\":[1,\"ä\"]}".getBytes(UTF));
  }

  private static Stored stored(long updated, Result result) {
    return new Stored("r-1", "alice", Status.PROCESSING, 5, updated, result);
  }

  @Test
  void aRecordReadsAsRestShowsIt() {
    assertThat(
            new String(
                payload(replies.request(id, stored(1_800_000_000_120L, created())), Codec.JSON),
                UTF))
        .isEqualTo(
            "{\"op\":\"request\",\"id\":7,\"request\":{\"id\":\"r-1\",\"status\":\"processing\","
                + "\"acceptedAt\":\"1970-01-01T00:00:00.005Z\","
                + "\"updatedAt\":\"2027-01-15T08:00:00.120Z\","
                + "\"result\":{\"status\":201,\"body\":{\"a\":[1,\"ä\"]}}}}");
  }

  @Test
  void anIdThatIsNoLongComesBackAsText() {
    JsonNode huge = BigIntegerNode.valueOf(BigInteger.TWO.pow(70));
    assertThat(Twin.of(payload(replies.pong(huge), Codec.PROTO)).path("id").textValue())
        .isEqualTo(BigInteger.TWO.pow(70).toString());
    JsonNode least = LongNode.valueOf(Long.MIN_VALUE);
    assertThat(Twin.of(payload(replies.pong(least), Codec.PROTO)).path("id").longValue())
        .isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void everyReplyOfTheSchemaIsOneOfOurs() {
    List<String> ops =
        Schema.message("Frame").getOneofs().stream()
            .filter(oneof -> oneof.getName().equals("reply"))
            .flatMap(oneof -> oneof.getFields().stream())
            .map(field -> field.getJsonName())
            .toList();
    List<String> ours =
        java.util.Arrays.stream(Replies.class.getDeclaredMethods())
            .filter(method -> method.getReturnType() == Statement.class)
            .map(Method::getName)
            .toList();
    assertThat(ours).containsAll(ops);
  }

  private static Op.Key key(String name, int depth) {
    Channel market =
        switch (name) {
          case "book" -> Channel.BOOK;
          case "trades" -> Channel.TRADES;
          default -> null;
        };
    return new Op.Key(name, market, market == null ? "" : "BTC-USD", depth, "");
  }

  private static Op.Wanted wanted(Op.Key key, int window, boolean meta) {
    return new Op.Wanted(key, window, meta, false, null);
  }

  private static Transition transition(String channel, long seq, Result result) {
    Stored record = new Stored("r" + seq, "alice", Status.COMPLETED, 5, 6_000 + seq, result);
    return new Transition("alice", channel, "p\"1", seq, record);
  }
}
