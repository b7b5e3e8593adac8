package dev.tidegate.market;

import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks how many shards there are until it is told, however long the broker is away. */
final class ShardCount {
  private static final Logger LOG = LoggerFactory.getLogger(ShardCount.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Loop loop;
  private final Supplier<Future<Integer>> asking;
  private boolean closed;

  ShardCount(Loop loop, Supplier<Future<Integer>> asking) {
    this.loop = loop;
    this.asking = asking;
  }

  void whenKnown(IntConsumer then) {
    if (!closed) {
      asking
          .get()
          .onSuccess(
              shards -> {
                if (!closed) {
                  then.accept(shards);
                }
              })
          .onFailure(
              e -> {
                LOG.atWarn().addKeyValue("reason", e).log("number of shards not known yet");
                loop.after(RETRY, () -> whenKnown(then));
              });
    }
  }

  void close() {
    closed = true;
  }
}
