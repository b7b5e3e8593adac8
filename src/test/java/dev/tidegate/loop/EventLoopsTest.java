package dev.tidegate.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
  private final AtomicLong offset = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EventLoops loops = new EventLoops(meters, () -> System.nanoTime() + offset.get());
  private Vertx vertx;
  private String deployment;
  private Loop loop;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    CompletableFuture<Loop> made = new CompletableFuture<>();
    deployment =
        vertx
            .deployVerticle(
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    made.complete(loops.of(context, "ROLE-0"));
                    return Future.succeededFuture();
                  }
                })
            .await(10, TimeUnit.SECONDS);
    loop = made.get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void goesOnAfterWhateverATaskThrowsAndTells() throws Exception {
    assertThat(loops.ailments()).isEmpty();
    loop.execute(
        () -> {
          throw new OutOfMemoryError("Cannot reserve direct buffer memory");
        });
    nextTurn();
    assertThat(loops.ailments()).singleElement().asString().startsWith("ROLE-0: a task failed");
    assertThat(meters.counter("tidegate.loop.failures", "loop", "ROLE-0").count()).isEqualTo(1);
  }

  @Test
  void recoversWhenNothingFailsAnyMore() {
    AtomicLong clock = new AtomicLong();
    Pulse pulse = new Pulse("ROLE-1", meters.counter("failures"), clock::get);
    pulse.failed("the fan-out", new IllegalStateException("a fault"));
    assertThat(pulse.ailment()).isEqualTo("ROLE-1: the fan-out failed 0 s ago");
    clock.addAndGet(EventLoops.SHOWN.toNanos() + 1);
    pulse.beat();
    assertThat(pulse.ailment()).isNull();
  }

  @Test
  void tellsOfALoopThatDoesNotTurn() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    loop.execute(() -> await(held));
    try {
      pass(EventLoops.OVERDUE.plusSeconds(2));
      assertThat(loops.ailments()).singleElement().asString().contains("has not turned for 1");
    } finally {
      held.countDown();
    }
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!loops.ailments().isEmpty() && System.nanoTime() < until) {
      nextTurn();
    }
    assertThat(loops.ailments()).as("turns again").isEmpty();
  }

  @Test
  void runsTasksOnTheContextOfTheVerticle() throws Exception {
    CompletableFuture<Context> seen = new CompletableFuture<>();
    loop.after(Duration.ofMillis(1), () -> seen.complete(Vertx.currentContext()));
    assertThat(seen.get(10, TimeUnit.SECONDS).deploymentID()).isEqualTo(deployment);
  }

  @Test
  void repeatsUntilItIsCancelledAndAfterFailures() throws Exception {
    CountDownLatch three = new CountDownLatch(3);
    Loop.Timer timer =
        loop.every(
            Duration.ofMillis(1),
            () -> {
              three.countDown();
              throw new IllegalStateException("a fault");
            });
    assertThat(three.await(10, TimeUnit.SECONDS)).isTrue();
    timer.cancel();
    nextTurn();
    double before = meters.counter("tidegate.loop.failures", "loop", "ROLE-0").count();
    CompletableFuture<Void> later = new CompletableFuture<>();
    loop.after(Duration.ofMillis(20), () -> later.complete(null));
    later.get(10, TimeUnit.SECONDS);
    assertThat(meters.counter("tidegate.loop.failures", "loop", "ROLE-0").count())
        .isEqualTo(before);
  }

  @Test
  void forgetsALoopWhoseVerticleIsGone() throws Exception {
    loop.failed("something", new IllegalStateException("a fault"));
    assertThat(loops.ailments()).hasSize(1);
    vertx.undeploy(deployment).await(10, TimeUnit.SECONDS);
    assertThat(loops.ailments()).isEmpty();
  }

  private void nextTurn() throws Exception {
    CompletableFuture<Void> turned = new CompletableFuture<>();
    loop.execute(() -> turned.complete(null));
    turned.get(10, TimeUnit.SECONDS);
  }

  private void pass(Duration time) {
    offset.addAndGet(time.toNanos());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
