package dev.tidegate.command;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.CommandLog.Subscription;
import dev.tidegate.command.state.CommandState;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The COMMAND role: answers {@link Commands#SUBMIT}, {@link Commands#FIND} and {@link
 * Commands#READ_PRIVATE}, and publishes transitions.
 */
public final class CommandVerticle extends BackedVerticle {
  private final CommandBackend backend;
  private final MeterRegistry registry;
  private final String node;
  private Supplier<Future<?>> closing = Future::succeededFuture;

  public CommandVerticle(CommandBackend backend, MeterRegistry registry, String node) {
    this.backend = backend;
    this.registry = registry;
    this.node = node;
  }

  @Override
  public Future<?> start() {
    Loop loop = loop();
    List<String> topics = new ArrayList<>(backend.config().topics());
    topics.add(backend.config().resultsTopic());
    topics.add(backend.config().deadTopic());
    return Future.all(openLog(backend, loop, topics), openState(backend, loop))
        .compose(both -> connect(loop, both.resultAt(0), both.resultAt(1)));
  }

  @Override
  public Future<?> stop() {
    return closing.get();
  }

  private Future<Void> connect(Loop loop, CommandLog log, CommandState state) {
    CommandConfig config = backend.config();
    Bus bus = new Bus(vertx.eventBus());
    CommandMeters meters = new CommandMeters(registry, deploymentID());
    Outcomes outcomes = new Outcomes(bus, meters);
    Acceptance acceptance = new Acceptance(config, log, state, outcomes, loop, meters);
    Results results = new Results(state, outcomes, loop, meters);
    Sweeper sweeper = new Sweeper(log, state, outcomes, loop, config);
    CommandView view = new CommandView(log, state, acceptance, results, sweeper, loop);
    view.register(meters);
    Subscription reports = log.consume(Results.GROUP, config.resultsTopic(), loop, results::apply);
    sweeper.start();
    MessageConsumer<?> submit = bus.answer(Commands.SUBMIT, Receipt.class, acceptance::submit);
    bus.answer(Commands.FIND, Found.class, q -> state.find(q.id(), q.consumer()));
    bus.answer(Commands.READ_PRIVATE, PrivateEvents.class, q -> state.readPrivate(q, loop.now()));
    bus.hear(
        Operations.show("commands"),
        show ->
            bus.send(
                Operations.shown(show.replyTo()), new Shown(node, deploymentID(), view.json())));
    closing =
        () -> {
          sweeper.close();
          meters.close();
          return submit
              .unregister()
              .eventually(acceptance::drained)
              .eventually(reports::close)
              .eventually(log::close)
              .eventually(state::close);
        };
    return Future.succeededFuture();
  }
}
