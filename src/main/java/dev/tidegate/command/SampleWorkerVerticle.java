package dev.tidegate.command;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs the {@link SampleWorker}: inside {@code dev}, or in a process of its own beside Kafka. */
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
}
