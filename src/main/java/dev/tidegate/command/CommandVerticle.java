package dev.tidegate.command;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.CommandLog.Subscription;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The COMMAND role: answers {@link Commands#SUBMIT}, {@link Commands#FIND} and {@link
 * Commands#READ_PRIVATE}, and publishes transitions.
 */
public final class CommandVerticle extends BackedVerticle {
  private final MeterRegistry registry;
  private final String node;
  private final RandomGenerator random = new SplittableRandom();
  private Supplier<Future<?>> closing = Future::succeededFuture;

  /**
   * @param name what the instance's event loop is called
   */
  public CommandVerticle(
      CommandBackend backend, MeterRegistry registry, String node, EventLoops loops, String name) {
    super(backend, loops, name);
    this.registry = registry;
    this.node = node;
  }

  @Override
  public Future<?> start() {
    Loop loop = loop();
    return Future.all(openLog(loop, backend.config().allTopics()), openState(loop, random))
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
    Acceptance acceptance = new Acceptance(config, log, state, outcomes, loop, meters, random);
    Results results =
        new Results(
            state,
            outcomes,
            loop,
            meters,
            (key, value) -> log.append(config.deadTopic(), key, value));
    Sweeper sweeper =
        new Sweeper(
            log,
            new ReportsHeard(log, config.resultsTopic(), loop),
            state,
            outcomes,
            loop,
            config,
            random);
    CommandView view =
        new CommandView(node, deploymentID(), log, state, acceptance, results, sweeper, loop);
    view.register(meters);
    Subscription reports = log.consume(Results.GROUP, config.resultsTopic(), loop, results::apply);
    sweeper.start();
    CommandAnswers answers = new CommandAnswers(bus, loop, log, state, acceptance, view);
    closing =
        () -> {
          sweeper.close();
          meters.close();
          return answers
              .close()
              .eventually(acceptance::drained)
              .eventually(reports::close)
              .eventually(log::close)
              .eventually(state::close);
        };
    return Future.succeededFuture();
  }
}
