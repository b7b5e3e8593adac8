package dev.tidegate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for what is to happen, and no longer. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Await() {}

  /** What is waited for. */
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** The future's value. */
  public static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  public static void await(Condition condition) throws Exception {
    await(PATIENCE, condition);
  }

  public static void await(Duration atMost, Condition condition) throws Exception {
    long until = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("waited for " + atMost).isLessThan(until);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
