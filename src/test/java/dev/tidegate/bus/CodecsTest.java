package dev.tidegate.bus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Header;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes below are what nodes of the last release send and understand. When one changes, a
 * cluster of two releases breaks: append fields instead.
 */
class CodecsTest {
  record Golden(String name, Object message, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final Stored STORED =
      new Stored("c-1", "alice", Status.COMPLETED, 1000, 2000, new Result(201, bytes("{}")));
  private static final Stored WAITING = new Stored("c-2", "bob", Status.ACCEPTED, 1000, 1000, null);
  private static final Transition TRANSITION = new Transition("alice", "orders", "e1", 7, STORED);
  private static final Snapshot BOOK =
      new Snapshot(List.of(level("100.10", "2.5")), List.of(level("100.20", "1")));
  private static final List<Update> UPDATES =
      List.of(
          new Update("BTC-USD", Channel.BOOK, 1, 1_700_000_000_000_000L, BOOK),
          new Update(
              "BTC-USD",
              Channel.BOOK,
              2,
              1_700_000_000_000_001L,
              new Markets.Delta(List.of(level("100.10", "0")), List.of())),
          new Update(
              "BTC-USD",
              Channel.TRADES,
              1,
              5,
              new Markets.Trade("t1", Decimal.of("100.10"), Decimal.of("0.3"), Side.BUY)),
          new Update(
              "BTC-USD",
              Channel.TICKER,
              1,
              6,
              new Markets.Ticker(Decimal.of("100.10"), null, Decimal.of("100.20"), null, null)),
          new Update(
              "BTC-USD",
              Channel.CANDLES,
              1,
              7,
              new Markets.Candle(
                  "1m",
                  60_000_000,
                  Decimal.of("1"),
                  Decimal.of("4"),
                  Decimal.of("0.5"),
                  Decimal.of("2"),
                  Decimal.of("10"),
                  3,
                  true)),
          new Update("BTC-USD", Channel.STATUS, 1, 8, new Markets.Status("halted", "by hand")));
  private static final Batch BATCH = new Batch(3, "k3", "n1", 2, 120, 4711, UPDATES);

  private static final Announcements.Announcement ANNOUNCEMENT =
      new Announcements.Announcement("a1", "*", "maintenance", "new pump", 5, 900, 6, true);
  private static final Armings.Armed ARMED =
      new Armings.Armed("s-1", "alice", "acc-1", 5_000, 1_700_000_000_000L);

  static Stream<Golden> goldens() {
    return Stream.of(
        new Golden(
            "submit",
            new Commands.Submit(
                "alice",
                "acc-1",
                "orders",
                "commands",
                "orders",
                "POST",
                "/v1/orders",
                "key-1",
                List.of(new Header("X-A", "1")),
                "application/json",
                bytes("{}"),
                99),
            "01000000570a616c6963650a6163632d310c6f726465727310636f6d6d616e64"
                + "730c6f726465727308504f5354142f76312f6f7264657273010a6b65792d3102"
                + "06582d410231206170706c69636174696f6e2f6a736f6e047b7dc601"),
        new Golden(
            "submit without key",
            new Commands.Submit(
                "alice",
                "acc-1",
                "orders",
                "commands",
                "requests",
                "POST",
                "/v1/orders",
                null,
                List.of(),
                "application/json",
                new byte[0],
                99),
            "010000004b0a616c6963650a6163632d310c6f726465727310636f6d6d616e64"
                + "7310726571756573747308504f5354142f76312f6f7264657273000020617070"
                + "6c69636174696f6e2f6a736f6e00c601"),
        new Golden(
            "accepted",
            new Accepted(STORED, true),
            "01000000200106632d310a616c69636512434f4d504c45544544d00fa01f0192" + "03047b7d01"),
        new Golden(
            "refused",
            new Refused(Problem.STATE_UNAVAILABLE, "no state", Outcome.NEVER_SENT, 1),
            "0100000028002253544154455f554e415641494c41424c45106e6f2073746174"
                + "65146e657665722d73656e7402"),
        new Golden("find", new Commands.Find("c-1", "alice"), "010000000a06632d310a616c696365"),
        new Golden(
            "found",
            new Commands.Found(STORED),
            "010000001f0106632d310a616c69636512434f4d504c45544544d00fa01f0192" + "03047b7d"),
        new Golden(
            "found waiting",
            new Commands.Found(WAITING),
            "01000000170106632d3206626f62104143434550544544d00fd00f00"),
        new Golden("found nothing", new Commands.Found(null), "010000000100"),
        new Golden(
            "transition",
            TRANSITION,
            "010000002f0a616c6963650c6f72646572730465310e06632d310a616c696365"
                + "12434f4d504c45544544d00fa01f019203047b7d"),
        new Golden(
            "read private",
            new Commands.ReadPrivate("alice", "orders", "e1", 7, 100),
            "01000000140a616c6963650c6f7264657273010465310ec801"),
        new Golden(
            "read private from now",
            new Commands.ReadPrivate("alice", "orders", null, 0, 100),
            "01000000110a616c6963650c6f72646572730000c801"),
        new Golden(
            "private events",
            new Commands.PrivateEvents("e1", 7, true, List.of(TRANSITION)),
            "01000000350465310e01020a616c6963650c6f72646572730465310e06632d31"
                + "0a616c69636512434f4d504c45544544d00fa01f019203047b7d"),
        new Golden(
            "batch",
            BATCH,
            "01000000ce06046b33046e3104f001ce490c0e4254432d55534400028080f281"
                + "8389850600020c3130302e313006322e35020c3130302e323002310e4254432d"
                + "55534400048280f2818389850602020c3130302e31300230000e4254432d5553"
                + "4402020a040474310c3130302e313006302e33066275790e4254432d55534404"
                + "020c06010c3130302e313000010c3130302e323000000e4254432d5553440602"
                + "0e0804316d809c9c390231023406302e35023204313006010e4254432d555344"
                + "0802100a0c68616c7465640e62792068616e64"),
        new Golden(
            "heartbeat",
            new Batch(3, "k3", "n1", 2, 126, 4711, List.of()),
            "010000000d06046b33046e3104fc01ce4900"),
        new Golden(
            "catch up", new Markets.CatchUp(3, null, "k3", 120), "0100000008060001046b33f001"),
        new Golden(
            "catch up symbol",
            new Markets.CatchUp(3, "BTC-USD", null, 0),
            "010000000c06010e4254432d5553440000"),
        new Golden(
            "caught up",
            new Markets.CaughtUp(BATCH, null),
            "01000000d00106046b33046e3104f001ce490c0e4254432d55534400028080f2"
                + "818389850600020c3130302e313006322e35020c3130302e323002310e425443"
                + "2d55534400048280f2818389850602020c3130302e31300230000e4254432d55"
                + "534402020a040474310c3130302e313006302e33066275790e4254432d555344"
                + "04020c06010c3130302e313000010c3130302e323000000e4254432d55534406"
                + "020e0804316d809c9c390231023406302e35023204313006010e4254432d5553"
                + "440802100a0c68616c7465640e62792068616e6400"),
        new Golden(
            "caught up state",
            new Markets.CaughtUp(
                null,
                new Markets.SymbolState(
                    "BTC-USD", 3, "k3", 126, 2, 1_700_000_000_000_001L, BOOK, 1, UPDATES)),
            "01000000f200010e4254432d55534406046b33fc01048280f28183898506020c"
                + "3130302e313006322e35020c3130302e32300231020c0e4254432d5553440002"
                + "8080f2818389850600020c3130302e313006322e35020c3130302e323002310e"
                + "4254432d55534400048280f2818389850602020c3130302e31300230000e4254"
                + "432d55534402020a040474310c3130302e313006302e33066275790e4254432d"
                + "55534404020c06010c3130302e313000010c3130302e323000000e4254432d55"
                + "534406020e0804316d809c9c390231023406302e35023204313006010e425443"
                + "2d5553440802100a0c68616c7465640e62792068616e64"),
        new Golden(
            "directory",
            new Markets.Directory(3, 16, "k3", "n1", List.of("BTC-USD", "ETH-USD")),
            "010000001a0620046b33046e31040e4254432d5553440e4554482d55534400"),
        new Golden(
            "directory with a contested symbol",
            new Markets.Directory(
                3,
                16,
                "k3",
                "n1",
                List.of("BTC-USD"),
                List.of(new Markets.Spell("BTC-USD", 5, 1_700_000_000_000_000L))),
            "01000000230620046b33046e31020e4254432d555344020e4254432d5553440a8080f28183898506"),
        new Golden(
            "batch with source numbers",
            new Batch(
                3,
                "k3",
                "n1",
                2,
                120,
                4711,
                List.of(
                    new Update(
                        "BTC-USD", Channel.STATUS, 1, 8, new Markets.Status("live", ""), 77))),
            "010000002106046b33046e3104f001ce49020e4254432d5553442802100a086c697665009a01"),
        new Golden(
            "feed state",
            new Markets.FeedState(
                3, "k3", "n1", 2, Markets.State.DELAYED, "no broker", 1_700_000_000_000_000L),
            "010000002206046b33046e31040e64656c61796564126e6f2062726f6b65728080f28183898506"),
        new Golden(
            "delays",
            new Markets.Delays(
                3,
                "k3",
                "n1",
                2,
                true,
                List.of(
                    new Markets.Delayed(
                        "BTC-USD", List.of(Channel.BOOK, Channel.TICKER), 1_700_000_000_000_000L))),
            "010000001d06046b33046e310401020e4254432d5553440400048080f28183898506"),
        new Golden(
            "announced",
            new Announcements.Announced("n1", List.of(ANNOUNCEMENT)),
            "0100000023046e3102046131022a166d61696e74"
                + "656e616e6365106e65772070756d700a880e0c01"),
        new Golden(
            "announcements wanted",
            new Announcements.AnnouncementsWanted("n1"),
            "0100000003046e31"),
        new Golden(
            "status with all there is",
            new Batch(
                3,
                "k3",
                "n1",
                2,
                120,
                4711,
                List.of(
                    new Update(
                        "BTC-USD",
                        Channel.STATUS,
                        1,
                        8,
                        new Markets.Status(
                            "delayed", "why", List.of(Channel.BOOK), 9, List.of(ANNOUNCEMENT))))),
            "010000004806046b33046e3104f001ce49020e4254432d5553440802100c0e64656c61796564"
                + "0677687902001202046131022a166d61696e74656e616e6365106e65772070756d700a880e0c01"),
        new Golden("present", new Markets.Present("n1", "m-1", true), "0100000008046e31066d2d3101"),
        new Golden("fed", new Markets.Fed(3, List.of("{}", "[]")), "01000000080604047b7d045b5d"),
        new Golden("directory wanted", new Markets.DirectoryWanted("n1"), "0100000003046e31"),
        new Golden("scale", new Operations.Scale("STREAM", 3), "01000000080c53545245414d06"),
        new Golden(
            "roles",
            new Operations.Roles("n1", List.of(new Operations.RoleCount("STREAM", 3, 1))),
            "010000000d046e31020c53545245414d0602"),
        new Golden("roles wanted", new Operations.RolesWanted(), "0100000000"),
        new Golden(
            "show",
            new Operations.Show("sessions", null, 100, "operations.shown.1"),
            "010000001f1073657373696f6e7300c801246f7065726174696f6e732e73686f" + "776e2e31"),
        new Golden(
            "show one",
            new Operations.Show("sessions", "s-1", 1, "operations.shown.1"),
            "01000000221073657373696f6e730106732d3102246f7065726174696f6e732e" + "73686f776e2e31"),
        new Golden(
            "shown",
            new Operations.Shown("n1", "stream-0", "{}"),
            "010000000f046e311073747265616d2d30047b7d"),
        new Golden("draining", new Operations.Draining("n1", 30_000), "0100000006046e31e0d403"),
        new Golden(
            "rules asked",
            new Operations.RulesAsked("POST", "bans", null, "{}", "127.0.0.1"),
            "010000001808504f53540862616e7300047b7d123132372e302e302e31"),
        new Golden(
            "rules answered",
            new Operations.RulesAnswered(Problem.CONFLICT, "full"),
            "010000000f0110434f4e464c4943540866756c6c"),
        new Golden("applied", new Operations.Applied("n1", 300), "0100000005046e31d804"),
        new Golden(
            "armed",
            new Armings.Change("n1", "r1", 7, Armings.What.ARMED, ARMED),
            "010000002602046e310472310e0a41524d454406732d310a616c6963650a6163"
                + "632d31904e80a0abfef962"),
        new Golden("armings beat", new Armings.Beat("n1", "r1", 7), "010000000804046e310472310e"),
        new Golden("armings wanted", new Armings.Wanted("n1", "n2"), "010000000706046e31046e32"),
        new Golden(
            "armings standing",
            new Armings.Standing(
                "n1",
                "r1",
                7,
                0,
                true,
                List.of(
                    new Armings.Stance(ARMED, true, -1), new Armings.Stance(ARMED, false, 1_500))),
            "010000004008046e310472310e00010406732d310a616c6963650a6163632d31"
                + "904e80a0abfef962010106732d310a616c6963650a6163632d31904e80a0abfe"
                + "f96200b817"),
        new Golden("cancelled", new Armings.Done("n1", "s-1"), "01000000080a046e3106732d31"),
        new Golden("armings left", new Armings.Left("n1", "r1"), "01000000070c046e31047231"),
        new Golden(
            "forward",
            new Upstreams.Forward(
                "api", "GET", "/a", List.of(new Upstreams.Header("h", "v")), bytes("b"), 5_000),
            "01000000140661706906474554042f6102026802760262904e"),
        new Golden(
            "answered",
            new Upstreams.Answered(200, List.of(new Upstreams.Header("h", "v")), bytes("b")),
            "010000000a01900302026802760262"),
        new Golden(
            "failed",
            new Upstreams.Failed(Problem.UPSTREAM_TIMEOUT, Outcome.UNKNOWN, "no answer"),
            "01000000240020555053545245414d5f54494d454f55540e756e6b6e6f776e126e6f20616e73776572"));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void writesTheGoldenBytes(Golden golden) {
    assertThat(ByteBufUtil.hexDump(encode(golden.message()).getBytes())).isEqualTo(golden.bytes());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void readsTheGoldenBytes(Golden golden) {
    Buffer buffer = Buffer.buffer("before").appendBytes(ByteBufUtil.decodeHexDump(golden.bytes()));
    assertThat(codec(golden.message()).decodeFromWire(6, buffer))
        .usingRecursiveComparison()
        .isEqualTo(golden.message());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void skipsWhatANewerReleaseAppends(Golden golden) {
    Buffer sent = encode(golden.message());
    int length = sent.getInt(1);
    Buffer newer = sent.copy().setInt(1, length + 3).appendString("new").appendString("next");
    assertThat(codec(golden.message()).decodeFromWire(0, newer))
        .usingRecursiveComparison()
        .isEqualTo(golden.message());
  }

  @Test
  void readsADirectoryOfAReleaseThatKnewOfNoContest() {
    String bytes = "01000000190620046b33046e31040e4254432d5553440e4554482d555344";
    Markets.Directory read =
        new Markets.Directory(3, 16, "k3", "n1", List.of("BTC-USD", "ETH-USD"));
    Buffer buffer = Buffer.buffer(ByteBufUtil.decodeHexDump(bytes)).appendString("next");
    assertThat(codec(read).decodeFromWire(0, buffer)).isEqualTo(read);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void passesAMessageByReferenceInsideTheJvm(Golden golden) {
    assertThat(codec(golden.message()).transform(golden.message())).isSameAs(golden.message());
  }

  @Test
  void everyMessageHasAGolden() {
    Set<Class<?>> shown = new HashSet<>();
    goldens().forEach(g -> shown.add(codec(g.message()).type()));
    Set<Class<?>> known = new HashSet<>();
    Codecs.all().forEach(c -> known.add(c.type()));
    assertThat(shown).isEqualTo(known);
  }

  @Test
  void namesAreUnique() {
    assertThat(Codecs.all()).extracting(BusCodec::name).doesNotHaveDuplicates();
  }

  @Test
  void refusesAVersionThatItDoesNotKnow() {
    Buffer future = encode(UPDATES_GOLDEN).setByte(0, (byte) 2);
    assertThatThrownBy(() -> codec(UPDATES_GOLDEN).decodeFromWire(0, future))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Batch version: 2 (expected 1)");
  }

  @Test
  void readsWhatANewerReleaseNamesAsWhatIsSafeToTakeItFor() {
    Found found = newer(new Found(STORED), "COMPLETED", "CANCELLED");
    assertThat(requireNonNull(found.record()).status()).isEqualTo(Status.PROCESSING);
    Upstreams.Failed failed =
        newer(
            new Upstreams.Failed(Problem.BANNED, Outcome.NEVER_SENT, ""),
            "never-sent",
            "maybe-sent");
    assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(newer(failed, "BANNED", "CURSED").problem()).isEqualTo(Problem.INTERNAL);
    Armings.Change change =
        newer(new Armings.Change("n1", "r1", 7, Armings.What.ARMED, ARMED), "ARMED", "MOVED");
    assertThat(change.what()).isEqualTo(Armings.What.OTHER);
    Markets.FeedState feed =
        newer(new Markets.FeedState(3, "k3", "n1", 2, Markets.State.LIVE, "", 0), "live", "slow");
    assertThat(feed.state()).isEqualTo(Markets.State.DELAYED);
  }

  @Test
  void passesOnWhatANewerReleaseTellsClients() {
    Update status = new Update("A", Channel.STATUS, 1, 2, new Markets.Status("halted", ""));
    Batch batch = newer(new Batch(1, "e", "n", 1, 1, 1, List.of(status)), "halted", "frozen");
    assertThat(batch.updates().getFirst().event()).isEqualTo(new Markets.Status("frozen", ""));
  }

  @Test
  void leavesOutTheDelayedChannelsOfANewerRelease() {
    Markets.Delayed delayed = new Markets.Delayed("A", List.of(Channel.STATUS, Channel.BOOK), 5);
    Buffer sent = encode(new Markets.Delays(3, "k", "n", 2, true, List.of(delayed)));
    byte status = 2 * 4; // zigzag
    int at = sent.length() - 3;
    assertThat(sent.getByte(at)).isEqualTo(status);
    sent.setByte(at, (byte) (2 * 9));
    Object read = codec(new Markets.Delays(0, "", "", 0, true, List.of())).decodeFromWire(0, sent);
    assertThat(((Markets.Delays) read).delayed().getFirst().channels())
        .containsExactly(Channel.BOOK);
  }

  /** The message with another text of the same length in the place of one of its names. */
  @SuppressWarnings("unchecked") // the same codec reads what it wrote
  private static <T> T newer(T message, String name, String unheardOf) {
    String sent = encode(message).toString(ISO_8859_1);
    assertThat(sent).contains(name);
    assertThat(unheardOf).hasSameSizeAs(name);
    byte[] bytes = sent.replace(name, unheardOf).getBytes(ISO_8859_1);
    return (T) codec(message).decodeFromWire(0, Buffer.buffer(bytes));
  }

  private static final Object UPDATES_GOLDEN = BATCH;
  private static final Map<Class<?>, BusCodec<?>> BY_TYPE = new HashMap<>();

  static {
    Codecs.all().forEach(c -> BY_TYPE.put(c.type(), c));
  }

  @SuppressWarnings("unchecked") // the map holds each codec under the type that it takes
  private static BusCodec<Object> codec(Object message) {
    BusCodec<?> own = BY_TYPE.get(message.getClass());
    return (BusCodec<Object>)
        (own != null ? own : BY_TYPE.get(message.getClass().getInterfaces()[0]));
  }

  private static Buffer encode(Object message) {
    Buffer buffer = Buffer.buffer();
    codec(message).encodeToWire(buffer, message);
    return buffer;
  }

  private static Level level(String price, String size) {
    return new Level(Decimal.of(price), Decimal.of(size));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
