package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.config.Settings;
import dev.tidegate.market.record.FeedRecord;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A feed that is connected and silent, as the cluster hears of it. */
class SilentFeedIT {
  private final MemoryFeeds feeds = new MemoryFeeds(1);
  private LocalMarket market;

  @AfterEach
  void stop() throws Exception {
    market.close();
  }

  private void ticker(String symbol) {
    feeds.append(new FeedRecord(symbol, 1, new Ticker(Decimal.of("1"), null, null, null, null)));
  }

  private Delays until(Predicate<Delays> wanted) throws Exception {
    while (true) {
      Delays each = market.delays.poll(10, TimeUnit.SECONDS);
      assertThat(each).isNotNull();
      if (wanted.test(each)) {
        return each;
      }
    }
  }

  private double delayed() {
    return market.meters.get("tidegate.market.delayed").tag("channel", "ticker").gauge().value();
  }

  @Test
  void isCalledDelayedAndLiveWithItsFirstEventWithoutANumber() throws Exception {
    MarketConfig config =
        Settings.of(MarketConfig.class, "{shards: 1, staleAfter: {ticker: 400ms}}");
    market = new LocalMarket(config, feeds);
    market.deploy(1);
    await(() -> !market.directories.isEmpty());
    ticker("AAA");
    ticker("BBB");
    Delays told = until(d -> !d.delayed().isEmpty());
    assertThat(told.node()).isEqualTo("n1");
    assertThat(told.term()).isEqualTo(1);
    for (Delayed each : told.delayed()) {
      assertThat(each.channels()).containsExactly(Channel.TICKER);
      assertThat(each.since()).isBetween(1L, (System.currentTimeMillis() - 400) * 1000);
    }
    market.bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted("late"));
    Delays whole = until(Delays::whole);
    assertThat(whole.delayed()).extracting(Delayed::symbol).containsExactly(Markets.ALL);
    await(() -> delayed() == 2);
    assertThat(market.total()).as("two records, each with the symbol's first status").isEqualTo(4);

    ticker("BBB");
    Delays back =
        until(d -> d.whole() && d.delayed().stream().anyMatch(x -> x.symbol().equals("AAA")));
    assertThat(back.delayed()).extracting(Delayed::symbol).isEqualTo(List.of("AAA"));
  }
}
