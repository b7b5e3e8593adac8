package dev.tidegate.stream.session;

import dev.tidegate.loop.Loop;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Requests that wait for the directory, just after the start. They are tried again together, in the
 * order of each session, whenever there is reason to and twice a second.
 */
public final class Parked {
  private static final long AGAIN = 500_000_000L;

  /** Channels that may wait. */
  static final int MOST = 200_000;

  /** A session that has so many waiting cannot add to them. */
  static final int MOST_EACH = 4_000;

  private final Loop loop;
  private final BiConsumer<Session, Op.Subscribe> again;
  private Map<Session, Queue> queues = new LinkedHashMap<>();
  private int channels;
  private boolean waiting;

  /** What one session waits for. */
  private static final class Queue {
    final List<Op.Subscribe> requests = new ArrayList<>(1);
    int channels;
  }

  /**
   * @param again tries a request of an open session once more
   */
  Parked(Loop loop, BiConsumer<Session, Op.Subscribe> again) {
    this.loop = loop;
    this.again = again;
  }

  void add(Session session, Op.Subscribe op) throws Refusal {
    Queue queue = queues.get(session);
    if (channels >= MOST || (queue != null && queue.channels >= MOST_EACH)) {
      throw new Refusal(
          Refusal.UNAVAILABLE, "symbols: not all are known yet, and too many wait for them");
    }
    if (queue == null) {
      queue = new Queue();
      queues.put(session, queue);
    }
    queue.requests.add(op);
    queue.channels += op.channels().size();
    channels += op.channels().size();
    if (!waiting) {
      loop.after(AGAIN, this::due);
      waiting = true;
    }
  }

  private void due() {
    waiting = false;
    retry();
  }

  void retry() {
    Map<Session, Queue> all = queues;
    queues = new LinkedHashMap<>();
    channels = 0;
    all.forEach(this::retry);
  }

  @SuppressWarnings("CatchThrowable") // the others have waited too
  private void retry(Session session, Queue queue) {
    for (Op.Subscribe op : queue.requests) {
      try {
        if (session.open()) {
          again.accept(session, op);
        }
      } catch (Throwable e) {
        loop.failed("a request that waited", e);
      }
    }
  }
}
