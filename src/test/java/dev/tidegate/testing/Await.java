package dev.tidegate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what is to happen, and no longer. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Await() {}

  /** The future's value. */
  public static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  public static void await(BooleanSupplier condition) throws InterruptedException {
    await(PATIENCE, condition);
  }

  public static void await(Duration atMost, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for " + atMost).isLessThan(until);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
