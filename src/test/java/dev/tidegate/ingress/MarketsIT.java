package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Names;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Market data over REST, from a small owner of one shard on the bus. */
@Timeout(60)
class MarketsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger ASKED = new AtomicInteger();
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    gateway =
        new TestGateway()
            .routes(Routes.of("id: markets, prefix: /v1/markets, methods: [GET], local: markets"))
            .start();
    gateway
        .bus
        .answer(
            Markets.catchUp(0),
            CaughtUp.class,
            (CatchUp ask) -> {
              ASKED.incrementAndGet();
              return Future.succeededFuture(
                  new CaughtUp(null, "OLD-USD".equals(ask.symbol()) ? null : state(ask.symbol())));
            })
        .completion()
        .await();
    List<String> symbols = new ArrayList<>(List.of("BTC-USD", "OLD-USD"));
    Directory directory = new Directory(0, 1, "k3", "n1", symbols);
    while (!get("").body().contains("OLD-USD")) {
      gateway.bus.publish(Markets.DIRECTORY, directory);
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static SymbolState state(String symbol) {
    Snapshot book =
        new Snapshot(
            List.of(level("100.10", "2.5"), level("100.00", "1")), List.of(level("100.20", "1")));
    return new SymbolState(
        symbol,
        3,
        "k3",
        10,
        7,
        1_700_000_000_000_000L,
        book,
        2,
        List.of(
            new Update("BTC-USD", Channel.TRADES, 1, 5, trade("a1", "100.10")),
            new Update("BTC-USD", Channel.CANDLES, 1, 5, candle("1", false)),
            new Update("BTC-USD", Channel.TRADES, 2, 6, trade("a2", "100.15")),
            new Update("BTC-USD", Channel.CANDLES, 2, 6, candle("2", false))));
  }

  private static Level level(String price, String size) {
    return new Level(Decimal.of(price), Decimal.of(size));
  }

  private static Trade trade(String id, String price) {
    return new Trade(id, Decimal.of(price), Decimal.of("0.3"), Side.BUY);
  }

  private static Candle candle(String close, boolean closed) {
    Decimal one = Decimal.of("1");
    return new Candle("1m", 60_000_000, one, one, one, Decimal.of(close), one, 2, closed);
  }

  private static Answer get(String path) throws IOException {
    return get(path, "");
  }

  private static Answer get(String path, String headers) throws IOException {
    return RawHttp.once(
        gateway.port(), "GET /v1/markets" + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
  }

  @Test
  void listsMarkets() throws IOException {
    assertThat(JSON.readTree(get("").body()).path("markets").findValuesAsText("symbol"))
        .contains("BTC-USD", "OLD-USD")
        .isSorted();
  }

  @Test
  void aSymbolOfAnyNameIsFoundOnEveryPage() throws IOException {
    gateway.bus.publish(Markets.DIRECTORY, new Directory(0, 1, "k3", "n1", Names.AWKWARD));
    for (String name : Names.AWKWARD) {
      for (String page : List.of("book", "trades", "ticker", "candles")) {
        String path = "/" + Names.escaped(name) + "/" + page;
        Answer answer = get(path);
        while (answer.status() == 404) {
          answer = get(path); // until the directory has arrived
        }
        assertThat(answer.status()).as(path).isEqualTo(200);
        assertThat(JSON.readTree(utf8(answer.body())).path("symbol").asText()).isEqualTo(name);
      }
    }
    assertThat(get("/XBT/USD/book").status()).as("as people write it").isEqualTo(200);
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(ISO_8859_1), UTF_8);
  }

  @Test
  void showsTheBookToTheAskedDepth() throws IOException {
    assertThat(get("/BTC-USD/book?depth=1").body())
        .isEqualTo(
            "{\"symbol\":\"BTC-USD\",\"epoch\":\"k3.1nca255\",\"seq\":7,\"time\":1700000000000000,"
                + "\"bids\":[[\"100.10\",\"2.5\"]],\"asks\":[[\"100.20\",\"1\"]]}");
    assertThat(get("/BTC-USD/book").body()).contains("[\"100.00\",\"1\"]");
    assertThat(get("/BTC-USD/book?depth=0").status()).isEqualTo(400);
    assertThat(get("/BTC-USD/book?depth=x").status()).isEqualTo(400);
  }

  @Test
  void showsTickerTradesAndCandles() throws IOException {
    assertThat(get("/BTC-USD/ticker").body())
        .contains("\"bid\":\"100.10\"")
        .contains("\"ask\":\"100.20\"")
        .contains("\"last\":\"100.15\"");
    assertThat(get("/BTC-USD/trades?limit=1").body())
        .contains("\"id\":\"a2\"")
        .doesNotContain("\"id\":\"a1\"");
    assertThat(get("/BTC-USD/candles").body())
        .contains("\"interval\":\"1m\"")
        .contains("\"close\":\"2\"")
        .doesNotContain("\"close\":\"1\"");
    assertThat(get("/BTC-USD/candles?interval=7m").status()).isEqualTo(400);
    assertThat(get("/BTC-USD/candles?interval=1h").body()).contains("\"candles\":[]");
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    assertThat(get("/XXX/book").status()).isEqualTo(404);
    assertThat(get("/OLD-USD/book").status()).isEqualTo(404);
    assertThat(get("/BTC-USD").status()).isEqualTo(404);
    assertThat(get("/BTC-USD/gossip").status()).isEqualTo(404);
  }

  @Test
  void sparesWhoHasTheDocumentAlready() throws IOException {
    Answer first = get("/BTC-USD/book");
    assertThat(first.header("cache-control")).contains("must-revalidate");
    Answer second = get("/BTC-USD/book", "If-None-Match: " + first.header("etag") + "\r\n");
    assertThat(second.status()).isEqualTo(304);
    assertThat(get("/BTC-USD/book", "If-None-Match: \"other\"\r\n").status()).isEqualTo(200);
  }

  @Test
  void asksTheOwnerOnceForManyAtATime() throws IOException {
    get("/BTC-USD/ticker");
    int before = ASKED.get();
    try (RawHttp http = new RawHttp(gateway.port())) {
      String one = "GET /v1/markets/BTC-USD/ticker HTTP/1.1\r\nHost: h\r\n\r\n";
      http.send(one.repeat(50));
      for (int i = 0; i < 50; i++) {
        assertThat(http.read().status()).isEqualTo(200);
      }
    }
    assertThat(ASKED.get() - before).isLessThan(25);
  }
}
