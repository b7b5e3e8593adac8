package dev.tidegate.command;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node with COMMAND instances, and what it hears. */
final class CommandNode implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final Bus bus = new Bus(vertx.eventBus());
  final List<Transition> heard = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EventLoops loops = new EventLoops(registry);

  CommandNode(CommandBackend backend, int instances) {
    Codecs.register(vertx.eventBus());
    for (int shard = 0; shard < Commands.OUTCOME_SHARDS; shard++) {
      bus.hear(Commands.outcome(shard), heard::add);
    }
    for (int i = 0; i < instances; i++) {
      Await.get(
          vertx.deployVerticle(
              new CommandVerticle(backend, registry, "n1", loops, "command-" + i)));
    }
  }

  void startWorker(CommandBackend backend) {
    Await.get(vertx.deployVerticle(new SampleWorkerVerticle(backend, loops)));
  }

  Future<Receipt> submit(Submit submit) {
    return bus.askNear(Commands.SUBMIT, submit, Receipt.class, Duration.ofSeconds(20));
  }

  Stored find(String id, String consumer) {
    return Await.get(
            bus.askNear(Commands.FIND, new Find(id, consumer), Found.class, Duration.ofSeconds(5)))
        .record();
  }

  static Submit order(String consumer, String key, String body, String topic) {
    return new Submit(
        consumer,
        "account-" + consumer,
        "orders",
        topic,
        "orders",
        "POST",
        "/v1/orders",
        key,
        List.of(),
        "application/json",
        body.getBytes(StandardCharsets.UTF_8),
        System.currentTimeMillis() + 60_000);
  }

  @Override
  public void close() {
    Await.get(vertx.close());
  }
}
