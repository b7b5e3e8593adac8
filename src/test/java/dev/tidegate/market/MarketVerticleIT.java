package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Operations;
import dev.tidegate.config.Settings;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node without a cluster: instances come and go, the numbers go on. */
class MarketVerticleIT {
  private static final int SHARDS = 4;

  private LocalMarket market;

  @BeforeEach
  void start() throws Exception {
    MarketConfig config =
        Settings.of(
            MarketConfig.class,
            "{shards: 4, simulator: {count: 20, rate: 2000, book: 5, trade: 2, ticker: 3, seed: 7}}");
    market = new LocalMarket(config, Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    market.close();
  }

  @Test
  void numbersEveryUpdateOnceWhileInstancesComeAndGo() throws Exception {
    String first = market.deploy(1);
    await(() -> market.total() > 200);
    String more = market.deploy(2);
    int before = market.total();
    await(() -> market.total() > before + 300);
    market.undeploy(first);
    int then = market.total();
    await(() -> market.total() > then + 300);
    market.undeploy(more);
    for (Queue<Batch> said : market.batches.values()) {
      long next = 0;
      String epoch = null;
      for (Batch batch : said) {
        epoch = epoch == null ? batch.epoch() : epoch;
        assertThat(batch.epoch()).isEqualTo(epoch);
        assertThat(batch.first()).isEqualTo(next);
        next = batch.next();
      }
    }
    assertThat(market.directories).extracting(Directory::shards).containsOnly(SHARDS);
  }

  @Test
  void answersWhatWasMissedAndWhatItIs() throws Exception {
    market.deploy(1);
    await(() -> market.total() > 200);
    Batch seen = market.batches.get(0).stream().filter(b -> b.next() > 20).findFirst().get();
    CaughtUp missed = market.ask(new CatchUp(0, null, seen.epoch(), 3));
    assertThat(missed.missed().first()).isEqualTo(3);
    assertThat(missed.missed().next()).isGreaterThanOrEqualTo(seen.next());
    assertThat(market.ask(new CatchUp(0, null, "another", 3)).missed()).isNull();
    String symbol = missed.missed().updates().getFirst().symbol();
    CaughtUp state = market.ask(new CatchUp(0, symbol, null, 0));
    assertThat(state.state().symbol()).isEqualTo(symbol);
    assertThat(state.state().book().bids()).isNotEmpty();
    assertThat(market.ask(new CatchUp(0, "NO-SUCH", null, 0)).state()).isNull();
  }

  @Test
  void showsItselfToOperators() throws Exception {
    market.deploy(1);
    await(() -> market.total() > 100);
    AtomicReference<String> json = new AtomicReference<>();
    market.bus.hear(Operations.shown("here"), shown -> json.set(shown.json()));
    market.bus.publish(Operations.show("market"), new Operations.Show("market", null, 10, "here"));
    await(() -> json.get() != null);
    assertThat(json.get())
        .contains("\"feed\":\"simulator\"", "\"owner\":\"n1\"", "\"owning\":true", "\"term\":1")
        .containsPattern(
            "\"symbol\":\"SYM....\",\"state\":\"live\",\"detail\":\"\",\"delayed\":\\[],"
                + "\"ageMillis\":\\{\"book\":\\d+");
    await(
        () ->
            market.meters.get("tidegate.market.staleness").tag("channel", "book").gauges().stream()
                .anyMatch(g -> g.value() < 60));
  }
}
