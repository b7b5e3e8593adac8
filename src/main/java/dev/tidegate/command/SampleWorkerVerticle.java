package dev.tidegate.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the {@link SampleWorker}: inside {@code dev}, or as a process of its own beside Kafka. */
public final class SampleWorkerVerticle extends BackedVerticle {
  private final CommandBackend backend;
  private Supplier<Future<?>> closing = Future::succeededFuture;

  public SampleWorkerVerticle(CommandBackend backend) {
    this.backend = backend;
  }

  @Override
  public Future<?> start() {
    Loop loop = loop();
    List<String> topics = new ArrayList<>(backend.config().topics());
    topics.add(backend.config().resultsTopic());
    topics.add(backend.config().deadTopic());
    return openLog(backend, loop, topics)
        .compose(
            log -> {
              SampleWorker worker = new SampleWorker(log, backend.config(), loop);
              closing = () -> worker.close().eventually(log::close);
              return worker.start();
            });
  }

  @Override
  public Future<?> stop() {
    return closing.get();
  }

  /** {@code java -cp tidegate.jar dev.tidegate.command.SampleWorkerVerticle HOST:PORT}. */
  public static void main(String[] args) {
    String given = args.length > 0 ? args[0] : environment("TIDEGATE_KAFKA");
    if (given == null) {
      System.err.println("usage: SampleWorkerVerticle HOST:PORT (or TIDEGATE_KAFKA)");
      System.exit(2);
      return;
    }
    Map<String, String> kafka = Map.of("bootstrap.servers", given);
    Vertx vertx = Vertx.vertx();
    vertx
        .deployVerticle(
            new SampleWorkerVerticle(CommandBackend.of(CommandConfig.defaults(), kafka, null)))
        .onSuccess(id -> System.out.println("ready"))
        .onFailure(
            e -> {
              System.err.println("the worker did not start: " + e.getMessage());
              System.exit(1);
            });
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> vertx.close().toCompletionStage().toCompletableFuture().join()));
  }

  private static @Nullable String environment(String name) {
    return System.getenv(name);
  }
}
