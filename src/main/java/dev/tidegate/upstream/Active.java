package dev.tidegate.upstream;

import dev.tidegate.loop.CoarseClock;
import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges in progress on one event loop, and the coarse clock that their timeouts are
 * measured with: one sweep over all of them ten times a second costs less than a timer for each.
 */
final class Active {
  private final List<Forwarding> all = new ArrayList<>();
  private final ArrayDeque<Forwarding> due = new ArrayDeque<>();
  private final Latch flushing;
  private final Loop loop;
  private final CoarseClock clock;
  private @Nullable Promise<Void> drained;

  Active(Loop loop) {
    this.loop = loop;
    this.flushing = new Latch(loop, "a flush of answers", this::flush);
    this.clock = new CoarseClock(loop);
  }

  Loop loop() {
    return loop;
  }

  /** Monotonic milliseconds, as of the last sweep; our own standstill does not count. */
  long now() {
    return clock.now();
  }

  void add(Forwarding forwarding) {
    forwarding.index = all.size();
    all.add(forwarding);
  }

  void remove(Forwarding forwarding) {
    int index = forwarding.index;
    if (index < 0) {
      return;
    }
    Forwarding last = all.remove(all.size() - 1);
    if (last != forwarding) {
      all.set(index, last);
      last.index = index;
    }
    forwarding.index = -1;
    tellDrained();
  }

  /** Flushes it once the event loop has handled what it is reading now. */
  void flushSoon(Forwarding forwarding) {
    if (due.peekLast() != forwarding) {
      due.addLast(forwarding);
    }
    flushing.ask();
  }

  private void flush() {
    for (Forwarding next = due.pollFirst(); next != null; next = due.pollFirst()) {
      next.flush();
    }
  }

  void tick() {
    long now = clock.tick();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).check(now);
      }
    }
  }

  /** Completes when nothing is in flight any more. */
  Future<Void> drain() {
    Promise<Void> promise = Promise.promise();
    drained = promise;
    tellDrained();
    return promise.future();
  }

  private void tellDrained() {
    Promise<Void> waiting = drained;
    if (waiting != null && all.isEmpty()) {
      waiting.tryComplete();
    }
  }
}
