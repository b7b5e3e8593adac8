package dev.tidegate.command;

import dev.tidegate.bus.Codecs;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** One event loop with an opened backend, driven from the test's thread. */
public final class Harness implements AutoCloseable {
  public final Vertx vertx = Vertx.vertx();
  private final Opener opener;

  public Harness(CommandBackend backend) {
    Codecs.register(vertx.eventBus());
    opener = new Opener(backend);
    Await.get(vertx.deployVerticle(opener));
  }

  public static Map<String, String> kafka(String bootstrap) {
    return Map.of("bootstrap.servers", bootstrap);
  }

  public Loop loop() {
    return opener.loop;
  }

  public CommandLog openLog(String... topics) {
    return on(() -> opener.openLog(opener.loop, List.of(topics)));
  }

  public CommandState openState() {
    return on(() -> opener.openState(opener.loop, new SplittableRandom()));
  }

  /** Runs it on the loop and waits for its result. */
  public <T> T on(Supplier<Future<T>> action) {
    return Await.get(start(action));
  }

  public <T> Future<T> start(Supplier<Future<T>> action) {
    return Future.future(
        promise ->
            opener
                .context()
                .runOnContext(
                    v -> {
                      try {
                        action.get().onComplete(promise);
                      } catch (RuntimeException e) {
                        promise.fail(e);
                      }
                    }));
  }

  @Override
  public void close() {
    Await.get(vertx.close());
  }

  private static final class Opener extends BackedVerticle {
    Loop loop;

    Opener(CommandBackend backend) {
      super(backend, new EventLoops(new SimpleMeterRegistry()), "harness");
    }

    @Override
    public Future<?> start() {
      loop = loop();
      return Future.succeededFuture();
    }

    Context context() {
      return context;
    }
  }
}
