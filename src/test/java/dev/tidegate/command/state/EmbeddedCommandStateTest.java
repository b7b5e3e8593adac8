package dev.tidegate.command.state;

import dev.tidegate.testing.Await;
import io.vertx.core.Future;
import java.util.function.Supplier;

class EmbeddedCommandStateTest extends CommandStateContract {
  private int epochs;
  private final CommandState state = new EmbeddedCommandState(RETENTION, () -> "e" + epochs++);

  @Override
  CommandState state() {
    return state;
  }

  @Override
  <T> T on(Supplier<Future<T>> action) {
    return Await.get(action.get());
  }
}
