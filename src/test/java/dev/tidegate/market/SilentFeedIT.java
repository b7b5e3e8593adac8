package dev.tidegate.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.market.record.FeedRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A feed that is connected and silent, as the cluster hears of it. */
class SilentFeedIT {
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final MemoryFeeds feeds = new MemoryFeeds(1);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BlockingQueue<Delays> said = new LinkedBlockingQueue<>();
  private final AtomicLong next = new AtomicLong();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void ticker(String symbol) {
    feeds.append(new FeedRecord(symbol, 1, new Ticker(Decimal.of("1"), null, null, null, null)));
  }

  private Delays until(Predicate<Delays> wanted) throws Exception {
    while (true) {
      Delays each = said.poll(10, TimeUnit.SECONDS);
      assertThat(each).isNotNull();
      if (wanted.test(each)) {
        return each;
      }
    }
  }

  private double delayed() {
    return meters.get("tidegate.market.delayed").tag("channel", "ticker").gauge().value();
  }

  @Test
  void isCalledDelayedAndLiveWithItsFirstEventWithoutANumber() throws Exception {
    Codecs.register(vertx.eventBus());
    bus.hear(Markets.DELAYS, said::add);
    bus.hear(Markets.updates(0), (Batch batch) -> next.set(batch.next()));
    Duration soon = Duration.ofMillis(400);
    MarketConfig config =
        new MarketConfig(
            null,
            null,
            1,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            new StaleAfter(null, soon, null, null));
    vertx
        .deployVerticle(new MarketVerticle(config, feeds, "n1", meters))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    ticker("AAA");
    ticker("BBB");
    Delays told = until(d -> !d.delayed().isEmpty());
    assertThat(told.node()).isEqualTo("n1");
    assertThat(told.term()).isEqualTo(1);
    for (Delayed each : told.delayed()) {
      assertThat(each.channels()).containsExactly(Channel.TICKER);
      assertThat(each.since()).isBetween(1L, (System.currentTimeMillis() - 400) * 1000);
    }
    bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted("late"));
    Delays whole = until(Delays::whole);
    assertThat(whole.delayed()).extracting(Delayed::symbol).containsExactly(Markets.ALL);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (delayed() != 2) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
    assertThat(next.get()).as("two records, each with the symbol's first status").isEqualTo(4);

    ticker("BBB");
    Delays back =
        until(d -> d.whole() && d.delayed().stream().anyMatch(x -> x.symbol().equals("AAA")));
    assertThat(back.delayed()).extracting(Delayed::symbol).isEqualTo(List.of("AAA"));
  }
}
