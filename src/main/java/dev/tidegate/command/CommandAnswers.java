package dev.tidegate.command;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Operations;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;

/**
 * Answers what the cluster asks of one COMMAND instance, from the moment when it is made. For one
 * event loop.
 */
final class CommandAnswers {
  private final MessageConsumer<?> submit;

  CommandAnswers(Bus bus, Loop loop, Acceptance acceptance, CommandState state, CommandView view) {
    submit = bus.answer(Commands.SUBMIT, Receipt.class, acceptance::submit);
    bus.answer(Commands.FIND, Found.class, q -> state.find(q.id(), q.consumer()));
    bus.answer(
        Commands.READ_PRIVATE, PrivateEvents.class, q -> state.readPrivate(q, loop.millis()));
    bus.hear(
        Operations.show("commands"),
        show -> bus.send(Operations.shown(show.replyTo()), view.shown()));
  }

  /** Takes no command any more; the other questions are answered until the instance is gone. */
  Future<Void> close() {
    return submit.unregister();
  }
}
