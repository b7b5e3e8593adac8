package dev.tidegate.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what is to happen, and no longer; from the test's own thread. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Await() {}

  /** What is waited for; asked again every few milliseconds. */
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** The future's value; what it fails with is thrown as it is. */
  public static <T> T get(Future<T> future) {
    try {
      return future.await(40, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not done within 40 s", e);
    }
  }

  /** The task's value; it runs on the event loop of the context. */
  public static <T> T on(Context context, Callable<T> task) {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        nothing -> {
          try {
            done.complete(task.call());
          } catch (Exception | AssertionError e) {
            done.fail(e);
          }
        });
    return get(done.future());
  }

  public static void await(Condition condition) {
    await(PATIENCE, condition);
  }

  public static void await(String what, Condition condition) {
    await(what, PATIENCE, condition);
  }

  public static void await(Duration atMost, Condition condition) {
    await("what the test waits for", atMost, condition);
  }

  /** Says what it waited for when that does not become so. */
  public static void await(String what, Duration atMost, Condition condition) {
    long end = System.nanoTime() + atMost.toNanos();
    try {
      while (!condition.holds()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("did not happen within " + atMost + ": " + what);
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("cannot tell: " + what, e);
    }
  }
}
