package dev.tidegate.market.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.ShardTest;
import dev.tidegate.testing.Schema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Records in Protobuf say what they say in JSON; the other side is Google's library. */
class ProtoRecordTest {
  private final RecordReader reader = new RecordReader();

  @Property(tries = 300)
  void aRecordReadsBackAsItsTwinInJson(@ForAll long seed) throws IOException {
    Records records = new Records(new Random(seed));
    for (int i = 0; i < 20; i++) {
      FeedRecord record = records.next();
      byte[] protobuf = ProtoRecordWriter.write(record);
      FeedRecord twin = reader.read(RecordWriter.write(record));
      assertThat(reader.read(protobuf)).isEqualTo(twin);
      // Google's library knows every field, and what it writes is read the same.
      DynamicMessage theirs = DynamicMessage.parseFrom(Schema.message("Update"), protobuf);
      assertThat(theirs.getUnknownFields().asMap()).isEmpty();
      assertThat(reader.read(theirs.toByteArray())).isEqualTo(twin);
    }
  }

  @Test
  void keepsEveryDigit() {
    Level level = new Level(Decimal.of("100.10"), Decimal.of("2.50"));
    Level other = new Level(Decimal.of("7"), Decimal.of("12345678901234567890.5"));
    Level odd = new Level(Decimal.of("-0.000000010"), Decimal.of("007"));
    FeedRecord read = again(new Snapshot(List.of(level, other), List.of(odd)));
    assertThat(read.event().toString())
        .isEqualTo(new Snapshot(List.of(level, other), List.of(odd)).toString());
    Level gone = new Level(Decimal.of("100.10"), Decimal.of("0.00"));
    assertThat(((Delta) again(new Delta(List.of(), List.of(gone))).event()).asks())
        .containsExactly(gone);
    assertThat(again(new Ticker(Decimal.of("1.0"), null, null, null, null)).event())
        .hasToString(new Ticker(Decimal.of("1.0"), null, null, null, null).toString());
    assertThat(again(new Status("halted", "grün")).event()).isEqualTo(new Status("halted", "grün"));
  }

  private FeedRecord again(dev.tidegate.bus.Markets.Event event) {
    return reader.read(ProtoRecordWriter.write(new FeedRecord("BTC-€", 17, 3, event)));
  }

  @Test
  void tellsTheFormsApartByTheirFirstByte() {
    Status live = new Status("live", "");
    FeedRecord long123 = new FeedRecord("\u20ac".repeat(41), 17, live);
    byte[] update = ProtoRecordWriter.write(long123);
    assertThat(update).startsWith('\n', '{');
    assertThat(reader.read(update)).isEqualTo(long123);
    String json = "\n\t {\"type\":\"status\",\"symbol\":\"S\",\"time\":1,\"state\":\"live\"}";
    assertThat(reader.read(json.getBytes(StandardCharsets.UTF_8)).event()).isEqualTo(live);
    assertThat(reader.read(json.strip().getBytes(StandardCharsets.UTF_8)).event()).isEqualTo(live);
  }

  @Test
  void theExponentsMayComeAfterTheLevels() throws IOException {
    Message level =
        set(DynamicMessage.newBuilder(Schema.message("Level")), "price", 10_010L, "size", 25L);
    byte[] bytes =
        update(
            out -> {
              out.writeMessage(4, level);
              out.writeSInt32(3, -1);
              out.writeSInt32(2, -2);
            });
    assertThat(((Delta) reader.read(bytes).event()).bids())
        .hasToString("[" + new Level(Decimal.of("100.10"), Decimal.of("2.5")) + "]");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    Trade trade = new Trade("a", Decimal.of("1"), Decimal.of("2"), Side.BUY);
    byte[] good = ProtoRecordWriter.write(new FeedRecord("S", 1, trade));
    wrong(Arrays.copyOf(good, good.length - 1), "record: not Protobuf");
    wrong("nonsense".getBytes(StandardCharsets.UTF_8), "record: not Protobuf");
    wrong("{\"type\":".getBytes(StandardCharsets.UTF_8), "record: not JSON");
    wrong(new byte[0], "symbol: missing");
    wrong(ProtoRecordWriter.write(new FeedRecord("", 1, trade)), "symbol: 0 characters");
    wrong(ProtoRecordWriter.write(new FeedRecord("x".repeat(65), 1, trade)), "symbol: 65");
    wrong(ProtoRecordWriter.write(new FeedRecord("S", 0, trade)), "time: 0");
    wrong(ProtoRecordWriter.write(new FeedRecord("S", 1, new Status("x", ""))), "state: x");
    Level level = new Level(Decimal.of("1"), Decimal.of("-2"));
    Delta negative = new Delta(List.of(level), List.of());
    wrong(ProtoRecordWriter.write(new FeedRecord("S", 1, negative)), "size: -2");
    wrong(update(out -> out.writeSInt32(2, 3)), "event", 0);
    wrong(
        update(
            out -> {
              out.writeSInt32(2, 3);
              out.writeMessage(
                  4, set(DynamicMessage.newBuilder(Schema.message("Level")), "price", 1L));
            }),
        "decimal:");
    byte[] twice = Arrays.copyOf(good, good.length * 2);
    System.arraycopy(good, 0, twice, good.length, good.length);
    wrong(twice, "event: two");
  }

  @Test
  void whatCannotBeReadOfABookOrATradeSaysWhoseItWas() throws IOException {
    Level level = new Level(Decimal.of("1"), Decimal.of("-2"));
    Delta negative = new Delta(List.of(level), List.of());
    byte[] bad = ProtoRecordWriter.write(new FeedRecord("S", 17, negative));
    assertThatThrownBy(() -> reader.read(bad))
        .isInstanceOfSatisfying(
            UnreadableRecord.class,
            e -> {
              FeedRecord instead = UnreadableRecord.instead(e);
              assertThat(instead.symbol()).isEqualTo("S");
              assertThat(instead.time()).isEqualTo(17);
            });
    byte[] status = ProtoRecordWriter.write(new FeedRecord("S", 1, new Status("x", "")));
    assertThatThrownBy(() -> reader.read(status))
        .isInstanceOfSatisfying(
            UnreadableRecord.class, e -> assertThat(UnreadableRecord.instead(e)).isNull());
  }

  private void wrong(byte[] record, String message) {
    assertThatThrownBy(() -> reader.read(record))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  /** No event, and a delta with a positive exponent but no levels, which is harmless. */
  private void wrong(byte[] record, String field, int unused) {
    assertThat(reader.read(record).event()).as(field).isInstanceOf(Delta.class);
    byte[] none = Arrays.copyOf(record, 5);
    assertThatThrownBy(() -> reader.read(none)).hasMessageStartingWith(field + ": missing");
  }

  @Property(tries = 2_000)
  void onlyRefusesWhateverComes(@ForAll byte[] bytes) {
    attempt(bytes);
  }

  @Property(tries = 3_000)
  void onlyRefusesDamagedRecords(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = ProtoRecordWriter.write(new Records(random).next());
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    attempt(random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length)));
  }

  private void attempt(byte[] bytes) {
    try {
      assertThat(reader.read(bytes)).isNotNull();
    } catch (IllegalArgumentException expected) {
      assertThat(expected).hasMessageContaining(":");
    }
  }

  @Test
  void aCaptureGivesTheSameBooksInBothForms() throws Exception {
    Shard json = shard();
    Shard protobuf = shard();
    Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);
    long position = 0;
    try (CaptureReader captured =
        CaptureReader.open(
            CaptureReaderTest.capture("coinbase"), rejects, new Times(new SimpleMeterRegistry()))) {
      for (var c = captured.next(); c != null; c = captured.next()) {
        for (FeedRecord record : c.records()) {
          json.apply(position, reader.read(RecordWriter.write(record)));
          protobuf.apply(position++, reader.read(ProtoRecordWriter.write(record)));
        }
      }
    }
    assertThat(position).isGreaterThan(100);
    assertThat(protobuf.symbols()).isEqualTo(json.symbols()).isNotEmpty();
    for (String symbol : json.symbols()) {
      assertThat(protobuf.state(symbol).book()).isEqualTo(json.state(symbol).book());
      assertThat(protobuf.state(symbol).recent()).isEqualTo(json.state(symbol).recent());
    }
  }

  private static Shard shard() {
    Shard shard = new Shard(0, ShardTest.BOUNDS, () -> 0, drop -> {});
    shard.begin("e");
    return shard;
  }

  private interface Writes {
    void to(CodedOutputStream out) throws IOException;
  }

  /** A delta with these fields. */
  private static byte[] update(Writes book) throws IOException {
    ByteArrayOutputStream inside = new ByteArrayOutputStream();
    CodedOutputStream fields = CodedOutputStream.newInstance(inside);
    book.to(fields);
    fields.flush();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, "S");
    out.writeInt64(2, 1);
    out.writeBytes(5, ByteString.copyFrom(inside.toByteArray()));
    out.flush();
    return bytes.toByteArray();
  }

  private static Message set(DynamicMessage.Builder message, Object... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      message.setField(
          message.getDescriptorForType().findFieldByName((String) namesAndValues[i]),
          namesAndValues[i + 1]);
    }
    return message.build();
  }
}
