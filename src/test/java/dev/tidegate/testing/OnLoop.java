package dev.tidegate.testing;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;

/** Asks for what lives on an event loop, from the test's thread. */
public record OnLoop(Context context) {
  public <T> T call(Callable<T> task) {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        nothing -> {
          try {
            done.complete(task.call());
          } catch (Exception | AssertionError e) {
            done.fail(e);
          }
        });
    return Await.get(done.future());
  }

  public void await(Callable<Boolean> condition) {
    Await.await(() -> call(condition));
  }
}
