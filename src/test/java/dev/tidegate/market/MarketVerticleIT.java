package dev.tidegate.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Operations;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node without a cluster: instances come and go, the numbers go on. */
class MarketVerticleIT {
  private static final int SHARDS = 4;

  private Vertx vertx;
  private Bus bus;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<Integer, Queue> queues = new HashMap<>();

  /** What was published for a shard. */
  record Queue(ConcurrentLinkedQueue<Batch> batches) {}

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    Codecs.register(vertx.eventBus());
    bus = new Bus(vertx.eventBus());
    for (int shard = 0; shard < SHARDS; shard++) {
      Queue queue = new Queue(new ConcurrentLinkedQueue<>());
      queues.put(shard, queue);
      bus.hear(Markets.updates(shard), queue.batches()::add);
    }
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void numbersEveryUpdateOnceWhileInstancesComeAndGo() throws Exception {
    BlockingQueue<Directory> directories = new LinkedBlockingQueue<>();
    bus.hear(Markets.DIRECTORY, directories::add);
    String first = deploy(1);
    await(() -> total() > 200);
    String more = deploy(2);
    int before = total();
    await(() -> total() > before + 300);
    undeploy(first);
    int then = total();
    await(() -> total() > then + 300);
    undeploy(more);
    for (Queue queue : queues.values()) {
      long next = 0;
      String epoch = null;
      for (Batch batch : queue.batches()) {
        epoch = epoch == null ? batch.epoch() : epoch;
        assertThat(batch.epoch()).isEqualTo(epoch);
        assertThat(batch.first()).isEqualTo(next);
        next = batch.next();
      }
    }
    assertThat(directories).extracting(Directory::shards).containsOnly(SHARDS);
  }

  @Test
  void answersWhatWasMissedAndWhatItIs() throws Exception {
    deploy(1);
    await(() -> total() > 200);
    Batch seen = queues.get(0).batches().stream().filter(b -> b.next() > 20).findFirst().get();
    CaughtUp missed = ask(new CatchUp(0, null, seen.epoch(), 3));
    assertThat(missed.missed().first()).isEqualTo(3);
    assertThat(missed.missed().next()).isGreaterThanOrEqualTo(seen.next());
    assertThat(ask(new CatchUp(0, null, "another", 3)).missed()).isNull();
    String symbol = missed.missed().updates().getFirst().symbol();
    CaughtUp state = ask(new CatchUp(0, symbol, null, 0));
    assertThat(state.state().symbol()).isEqualTo(symbol);
    assertThat(state.state().book().bids()).isNotEmpty();
    assertThat(ask(new CatchUp(0, "NO-SUCH", null, 0)).state()).isNull();
  }

  @Test
  void showsItselfToOperators() throws Exception {
    deploy(1);
    await(() -> total() > 100);
    AtomicReference<String> json = new AtomicReference<>();
    bus.hear(Operations.shown("here"), shown -> json.set(shown.json()));
    bus.publish(Operations.show("market"), new Operations.Show("market", null, 10, "here"));
    await(() -> json.get() != null);
    assertThat(json.get())
        .contains("\"feed\":\"simulator\"", "\"owner\":\"n1\"", "\"owning\":true", "\"term\":1")
        .containsPattern(
            "\"symbol\":\"SYM....\",\"state\":\"live\",\"detail\":\"\",\"delayed\":\\[],"
                + "\"ageMillis\":\\{\"book\":\\d+");
    await(
        () ->
            meters.get("tidegate.market.staleness").tag("channel", "book").gauges().stream()
                .anyMatch(g -> g.value() < 60));
  }

  private CaughtUp ask(CatchUp question) throws Exception {
    return bus.ask(Markets.catchUp(0), question, CaughtUp.class, Duration.ofSeconds(5))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private int total() {
    return queues.values().stream()
        .flatMap(q -> q.batches().stream())
        .mapToInt(b -> b.updates().size())
        .sum();
  }

  private String deploy(int instances) throws Exception {
    MarketConfig config =
        new MarketConfig(
            MarketConfig.Source.SIMULATOR,
            null,
            SHARDS,
            null,
            new MarketConfig.Simulator(List.of(), "SYM", 20, 2000.0, 5, 2, 3, 7L),
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return vertx
        .deployVerticle(
            () -> new MarketVerticle(config, Map.of(), "n1", meters),
            new DeploymentOptions().setInstances(instances))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private void undeploy(String id) throws Exception {
    vertx.undeploy(id).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
    await(Duration.ofSeconds(20), condition);
  }

  static void await(Duration atMost, java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for " + atMost).isLessThan(until);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
