package dev.tidegate.testing;

import io.vertx.core.Future;
import java.time.Duration;
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
