package dev.tidegate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks for what lives on an event loop, from the test's thread. */
public record OnLoop(Context context) {
  private static final long PATIENCE = 10;

  public <T> T call(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        nothing -> {
          try {
            done.complete(task.call());
          } catch (Exception | AssertionError e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(PATIENCE, TimeUnit.SECONDS);
  }

  public void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!call(condition)) {
      assertThat(System.nanoTime()).as("waited for too long").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
