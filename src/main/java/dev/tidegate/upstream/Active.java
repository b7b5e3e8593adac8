package dev.tidegate.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The exchanges in progress on one event loop, and the coarse clock that their timeouts are
 * measured with: one sweep over all of them ten times a second costs less than a timer for each.
 */
final class Active {
  private final List<Forwarding> all = new ArrayList<>();
  private final LongSupplier millis;
  private final Executor loop;
  private long now;

  Active(LongSupplier millis, Executor loop) {
    this.loop = loop;
    this.millis = millis;
    this.now = millis.getAsLong();
  }

  long now() {
    return now;
  }

  /** Runs the task once the event loop has handled what it is reading now. */
  void later(Runnable task) {
    loop.execute(task);
  }

  int size() {
    return all.size();
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
  }

  void tick() {
    now = millis.getAsLong();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).check(now);
      }
    }
  }
}
