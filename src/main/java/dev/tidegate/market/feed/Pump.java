package dev.tidegate.market.feed;

import dev.tidegate.market.feed.Feed.Positioned;
import dev.tidegate.market.feed.Feed.Sink;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from the threads of a feed to the event loop of its sinks. It holds a bounded number of
 * hand-overs: when the loop is behind, the feed waits. What a sink was to get when it was stopped
 * does not reach it.
 */
public final class Pump {
  private static final int ROOM = 64;

  private final Executor loop;
  private final Semaphore room = new Semaphore(ROOM);
  private final Map<Integer, Sink> sinks = new ConcurrentHashMap<>();

  public Pump(Executor loop) {
    this.loop = loop;
  }

  void open(int shard, Sink sink) {
    sinks.put(shard, sink);
  }

  void shut(int shard) {
    sinks.remove(shard);
  }

  boolean isOpen(int shard) {
    return sinks.containsKey(shard);
  }

  @Nullable Sink sink(int shard) {
    return sinks.get(shard);
  }

  /** Waits for room; to be called from the feed's own thread. */
  void deliver(int shard, Sink to, List<Positioned> records, long position)
      throws InterruptedException {
    tell(shard, to, sink -> sink.deliver(records, position));
  }

  void tell(int shard, Sink to, Consumer<Sink> what) throws InterruptedException {
    room.acquire();
    loop.execute(
        () -> {
          try {
            if (sinks.get(shard) == to) {
              what.accept(to);
            }
          } finally {
            room.release();
          }
        });
  }

  /** To all that are open now. */
  void tellAll(Consumer<Sink> what) throws InterruptedException {
    for (Map.Entry<Integer, Sink> each : sinks.entrySet()) {
      tell(each.getKey(), each.getValue(), what);
    }
  }
}
