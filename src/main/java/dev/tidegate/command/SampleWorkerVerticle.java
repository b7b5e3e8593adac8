package dev.tidegate.command;

import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Runs the {@link SampleWorker}: inside {@code dev}, or in a process of its own beside Kafka. */
public final class SampleWorkerVerticle extends BackedVerticle {
  private Supplier<Future<?>> closing = Future::succeededFuture;

  public SampleWorkerVerticle(CommandBackend backend, EventLoops loops) {
    super(backend, loops, "sample-worker");
  }

  @Override
  public Future<?> start() {
    Loop loop = loop();
    return openLog(loop, backend.config().allTopics())
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
