package dev.tidegate.market.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.ShardBounds;
import dev.tidegate.market.book.ShardTest;
import dev.tidegate.market.record.CaptureReader.Captured;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real captures where they are shared with this checkout, else the trimmed ones of our own. */
public class CaptureReaderTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);

  public static Path capture(String exchange) {
    String shared =
        exchange.equals("coinbase")
            ? "coinbase-level2-10-products-30s.log.gz"
            : "binance-delivery-30s.log.gz";
    for (Path root = Path.of("").toAbsolutePath(); root != null; root = root.getParent()) {
      Path real = root.resolve("shared/market-captures").resolve(shared);
      if (Files.isReadable(real)) {
        return real;
      }
    }
    return Path.of("src/test/resources/captures", exchange + ".log.gz");
  }

  @Test
  void coinbaseGivesTheBooksThatTheFileSays() throws IOException {
    Path path = capture("coinbase");
    Map<String, Map<String, NavigableMap<BigDecimal, String>>> books = new HashMap<>();
    int trades = 0;
    for (JsonNode message : messages(path)) {
      Map<String, NavigableMap<BigDecimal, String>> book =
          books.computeIfAbsent(message.path("product_id").asText(), p -> new HashMap<>());
      switch (message.path("type").asText()) {
        case "snapshot" -> {
          book.clear();
          message.get("bids").forEach(l -> set(book, "buy", l.get(0), l.get(1)));
          message.get("asks").forEach(l -> set(book, "sell", l.get(0), l.get(1)));
        }
        case "l2update" ->
            message.get("changes").forEach(c -> set(book, c.get(0).asText(), c.get(1), c.get(2)));
        case "match" -> trades++;
        default -> {}
      }
    }
    Shard shard = play(path);
    assertThat(shard.size()).isEqualTo(10);
    long counted = 0;
    for (String symbol : shard.symbols()) {
      assertSame(symbol, shard, books.get(symbol));
      counted += shard.state(symbol).tradeSeq();
    }
    assertThat(counted).isEqualTo(trades).isPositive();
    assertThat(rejects.count()).isZero();
  }

  @Test
  void binanceGivesTheBooksThatTheFileSays() throws IOException {
    Path path = capture("binance");
    Map<String, Map<String, NavigableMap<BigDecimal, String>>> books = new HashMap<>();
    for (JsonNode message : messages(path)) {
      JsonNode data = message.path("data");
      if (data.path("e").asText().equals("depthUpdate")) {
        Map<String, NavigableMap<BigDecimal, String>> book =
            books.computeIfAbsent(data.path("s").asText(), p -> new HashMap<>());
        data.get("b").forEach(l -> set(book, "buy", l.get(0), l.get(1)));
        data.get("a").forEach(l -> set(book, "sell", l.get(0), l.get(1)));
      }
    }
    Shard shard = play(path);
    assertThat(books).isNotEmpty();
    for (String symbol : books.keySet()) {
      assertSame(symbol, shard, books.get(symbol));
      assertThat(shard.sequencer(symbol).status().is(State.DELAYED)).as(symbol).isTrue();
    }
    assertThat(rejects.count()).isZero();
  }

  @Test
  void aBookOfBinanceIsWholeWhenItsDepthWasRecordedToo(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("binance.log");
    Files.writeString(
        file,
        """
        1626916403.1: {"data":{"e":"depthUpdate","E":1626916403050,"s":"X","b":[["5","1"]],"a":[]}}
        1626916403.2: {"lastUpdateId":7,"E":1626916403150,"symbol":"X","bids":[["4","2"]],"asks":[]}
        1626916403.3: {"data":{"e":"depthUpdate","E":1626916403250,"s":"X","b":[["3","1"]],"a":[]}}
        """);
    Shard shard = play(file);
    assertThat(shard.sequencer("X").status().is(State.LIVE)).isTrue();
    assertThat(shard.state("X").book().bids()).hasSize(2);
  }

  @Test
  void mapsTimesSidesAndTickersOfBoth() throws IOException {
    List<FeedRecord> coinbase = records(capture("coinbase"));
    FeedRecord match =
        coinbase.stream().filter(r -> r.event() instanceof Trade).findFirst().orElseThrow();
    // {"type":"match","side":"sell","size":"985","time":"2021-04-17T16:43:37.089723Z"}: maker sold
    assertThat(match.symbol()).isEqualTo("SKL-BTC");
    assertThat(match.time()).isEqualTo(1_618_677_817_089_723L);
    assertThat(((Trade) match.event()).side()).isEqualTo(Side.BUY);
    assertThat(((Trade) match.event()).id()).isEqualTo("280232");

    List<FeedRecord> binance = records(capture("binance"));
    FeedRecord first = binance.getFirst();
    assertThat(first.symbol()).isEqualTo("BCHUSD_PERP");
    assertThat(first.time()).isEqualTo(1_626_916_403_864_000L);
    assertThat(((Ticker) first.event()).bidSize()).hasToString("24");
    FeedRecord trade =
        binance.stream().filter(r -> r.event() instanceof Trade).findFirst().orElseThrow();
    assertThat(((Trade) trade.event()).side()).isEqualTo(Side.SELL);
    assertThat(binance)
        .as("there is none in the stream")
        .noneMatch(r -> r.event() instanceof Snapshot);
  }

  @Test
  void writesWhatTheParserReads() throws IOException {
    RecordParser parser = new RecordParser();
    for (String exchange : List.of("coinbase", "binance")) {
      for (FeedRecord record : records(capture(exchange))) {
        FeedRecord read = parser.parse(RecordWriter.write(record));
        assertThat(read.toString()).isEqualTo(record.toString());
      }
    }
  }

  @Test
  void passesOverWhatItCannotRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("plain.log");
    Files.writeString(
        file,
        """
        wss://somewhere <-> 1.5
        wss://somewhere <- 2.5: {"type":"subscribe"}
        10.0.0.1: connected
        .: connected
        1618677817.1: {"type":"l2update","product_id":"A","changes":[["buy","1","x"]]}
        1618677817.2: {not json
        1618677817.3: {"type":"heartbeat","product_id":"A"}
        1618677817.4: {"type":"l2update","product_id":"A","changes":[["buy","1","2"]]}
        """);
    try (CaptureReader reader =
        CaptureReader.open(file, rejects, new Times(new SimpleMeterRegistry()))) {
      Captured only = reader.next();
      assertThat(only.line()).isEqualTo(8);
      assertThat(only.received()).isEqualTo(1_618_677_817_400_000L);
      assertThat(only.records().getFirst().time()).isEqualTo(1_618_677_817_400_000L);
      assertThat(reader.next()).isNull();
    }
    assertThat(rejects.count()).isEqualTo(2);
  }

  @Test
  void readsTheMessagesOfCoinbaseAdvanced(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("advanced.log");
    String head =
        "\"client_id\":\"\",\"timestamp\":\"2023-02-09T20:32:50.714964855Z\",\"sequence_num\":";
    Files.writeString(
        file,
        """
        1675974770.1: {"channel":"l2_data",#0,"events":[{"type":"snapshot","product_id":"BTC-USD",\
        "updates":[{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"21921.73","new_quantity":"0.06"},\
        {"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"21921.80","new_quantity":"1"}]}]}
        1675974770.2: {"channel":"subscriptions",#1,"events":[{"subscriptions":{"level2":["BTC-USD"]}}]}
        1675974770.3: {"channel":"market_trades",#2,"events":[{"type":"update","trades":[\
        {"trade_id":"8","product_id":"BTC-USD","price":"2","size":"0.3","side":"BUY","time":"2023-02-09T20:32:50.7Z"},\
        {"trade_id":"7","product_id":"BTC-USD","price":"3","size":"0.3","side":"SELL","time":"2023-02-09T20:32:50.6Z"}]}]}
        1675974770.4: {"channel":"l2_data",#3,"events":[{"type":"update","product_id":"BTC-USD",\
        "updates":[{"side":"bid","event_time":"2023-02-09T20:32:50Z","price_level":"21921.73","new_quantity":"0"},\
        {"side":"bid","event_time":"2023-02-09T20:32:50Z","price_level":"21920","new_quantity":"2"}]}]}
        1675974770.5: {"channel":"ticker",#4,"events":[{"type":"snapshot","tickers":[{"type":"ticker",\
        "product_id":"BTC-USD","price":"21932.98","best_bid":"21931.98","best_bid_quantity":"8000.21",\
        "best_ask":"21933.98","best_ask_quantity":"8038.07"}]}]}
        """
            .replace("#", head));
    Shard shard = play(file);
    assertThat(rejects.count()).isZero();
    assertThat(levels(shard.state("BTC-USD").book().bids())).containsExactly("2.192E+4=2");
    assertThat(levels(shard.state("BTC-USD").book().asks())).containsExactly("21921.8=1");
    List<Trade> trades = new ArrayList<>();
    for (FeedRecord record : records(file)) {
      if (record.event() instanceof Trade trade) {
        trades.add(trade);
      }
    }
    assertThat(trades).extracting(Trade::id).as("by time").containsExactly("7", "8");
    assertThat(trades)
        .extracting(Trade::side)
        .as("the taker's")
        .containsExactly(Side.BUY, Side.SELL);
    assertThat(shard.sequencer("BTC-USD").status().is(State.LIVE)).isTrue();

    Files.writeString(file, Files.readString(file).replace("sequence_num\":3", "sequence_num\":4"));
    Shard holed = play(file);
    assertThat(holed.sequencer("BTC-USD").status().is(State.DELAYED)).isTrue();
    assertThat(holed.sequencer("BTC-USD").status().detail()).contains("messages 3..3 are missing");
  }

  @Test
  void saysWhatItExpectsOfACaptureThatItDoesNotUnderstand(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("strange.log");
    for (String content :
        List.of(
            "", "time,price\n1,2\n", "1.5: {\"method\":\"book\"}\n", "{\"type\":\"trade\"}\n")) {
      Files.writeString(file, content);
      assertThatThrownBy(() -> CaptureReader.check(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("capture strange.log: no line is understood")
          .hasMessageContaining(
              content.isEmpty() ? "it is empty" : content.lines().findFirst().get())
          .hasMessageContaining("l2_data")
          .hasMessageContaining("depthUpdate");
      assertThatThrownBy(() -> records(file)).isInstanceOf(IOException.class);
    }
    CaptureReader.check(capture("binance"));
    CaptureReader.check(capture("coinbase"));
  }

  @Test
  void readsTimesInWhateverUnitTheyAre(@TempDir Path folder) throws IOException {
    long time = 1_618_677_817_400_000L;
    List<String> received =
        List.of("1618677817.4", "1618677817400", "1618677817400000", "1618677817400000000");
    List<String> said = List.of("1618677817400", "1618677817400000", "1618677817400000000");
    StringBuilder lines = new StringBuilder();
    for (String at : received) {
      for (String event : said) {
        lines.append(at).append(": ").append(trade(event)).append('\n');
      }
    }
    lines.append("1618677817.4: ").append(trade("1618681417400")).append('\n'); // an hour later
    Path file = Files.writeString(folder.resolve("units.log"), lines);
    assertThat(records(file))
        .hasSize(received.size() * said.size() + 1)
        .allMatch(record -> record.time() == time);
  }

  private static String trade(String time) {
    return "{\"e\":\"aggTrade\",\"s\":\"A\",\"a\":1,\"p\":\"1\",\"q\":\"1\",\"m\":true,\"T\":"
        + time
        + "}";
  }

  private Shard play(Path path) throws IOException {
    ShardBounds limits = ShardTest.BOUNDS;
    Shard shard = new Shard(0, limits, () -> 0, drop -> {});
    shard.begin("e");
    long position = 0;
    for (FeedRecord record : records(path)) {
      shard.apply(position++, record);
    }
    return shard;
  }

  private List<FeedRecord> records(Path path) throws IOException {
    List<FeedRecord> records = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(path, rejects, new Times(new SimpleMeterRegistry()))) {
      for (Captured c = reader.next(); c != null; c = reader.next()) {
        records.addAll(c.records());
      }
    }
    return records;
  }

  private static List<JsonNode> messages(Path path) throws IOException {
    List<JsonNode> messages = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isEmpty() && Character.isDigit(line.charAt(0))) {
          messages.add(JSON.readTree(line.substring(line.indexOf('{'))));
        }
      }
    }
    return messages;
  }

  private static void set(
      Map<String, NavigableMap<BigDecimal, String>> book,
      String side,
      JsonNode price,
      JsonNode size) {
    NavigableMap<BigDecimal, String> levels = book.computeIfAbsent(side, s -> new TreeMap<>());
    BigDecimal key = new BigDecimal(price.asText());
    if (new BigDecimal(size.asText()).signum() == 0) {
      levels.remove(key);
    } else {
      levels.put(key, size.asText());
    }
  }

  private static void assertSame(
      String symbol, Shard shard, Map<String, NavigableMap<BigDecimal, String>> book) {
    Snapshot have = shard.state(symbol).book();
    assertThat(levels(have.asks())).as(symbol).isEqualTo(levels(book.get("sell")));
    assertThat(levels(have.bids())).as(symbol).isEqualTo(levels(book.get("buy").descendingMap()));
  }

  private static List<String> levels(List<Level> levels) {
    return levels.stream()
        .map(l -> l.price().toBigDecimal().stripTrailingZeros() + "=" + l.size())
        .toList();
  }

  private static List<String> levels(Map<BigDecimal, String> levels) {
    return levels.entrySet().stream()
        .map(e -> e.getKey().stripTrailingZeros() + "=" + e.getValue())
        .toList();
  }
}
