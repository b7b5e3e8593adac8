package dev.tidegate.command;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Operations;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Answers what the cluster asks of one COMMAND instance, from the moment when it is made. For one
 * event loop.
 */
final class CommandAnswers {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Answering<Submit, Receipt> submit;
  private final List<Answering<?, ?>> all;
  private final Loop.Timer looking;

  CommandAnswers(
      Bus bus,
      Loop loop,
      CommandLog log,
      CommandState state,
      Acceptance acceptance,
      CommandView view) {
    submit =
        new Answering<>(
            bus,
            Commands.SUBMIT,
            Receipt.class,
            () -> log.available() && state.available(),
            acceptance::submit);
    all =
        List.of(
            submit,
            new Answering<>(
                bus,
                Commands.FIND,
                Found.class,
                state::available,
                q -> state.find(q.id(), q.consumer())),
            new Answering<>(
                bus,
                Commands.READ_PRIVATE,
                PrivateEvents.class,
                state::available,
                q -> state.readPrivate(q, loop.millis())));
    looking = loop.every(LOOK, () -> all.forEach(Answering::look));
    bus.hear(
        Operations.show("commands"),
        show -> bus.send(Operations.shown(show.replyTo()), view.shown()));
  }

  /** Takes no command any more; the other questions are answered until the instance is gone. */
  Future<Void> close() {
    looking.cancel();
    return submit.close();
  }
}
