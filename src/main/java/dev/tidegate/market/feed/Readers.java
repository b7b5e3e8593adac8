package dev.tidegate.market.feed;

import dev.tidegate.market.feed.Feed.Sink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The threads of a feed that reads each shard for itself, at most one a shard. For one event loop.
 */
final class Readers {
  private final Pump pump;
  private final Map<Integer, Thread> threads = new HashMap<>();

  Readers(Pump pump) {
    this.pump = pump;
  }

  /**
   * Lets the thread, which has not started, read the shard from now on, in the place of any other.
   */
  void start(int shard, Sink sink, Thread reader) {
    stop(shard);
    pump.open(shard, sink);
    threads.put(shard, reader);
    reader.start();
  }

  /** Nothing more reaches the shard's sink. */
  void stop(int shard) {
    pump.shut(shard);
    Thread reader = threads.remove(shard);
    if (reader != null) {
      reader.interrupt();
    }
  }

  void stopAll() {
    List.copyOf(threads.keySet()).forEach(this::stop);
  }
}
