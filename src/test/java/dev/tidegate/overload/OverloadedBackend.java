package dev.tidegate.overload;

import dev.tidegate.policy.Priority;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A back end behind a bulkhead, in a time of its own: so many workers, a queue without end, and
 * callers that come whether or not the last were answered. Every choice is made from the seed.
 */
final class OverloadedBackend {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What became of the requests of one priority. */
  static final class Tally {
    int offered;
    int refused;
    int answered;
    private long[] took = new long[1024];

    private void answer(long nanos) {
      if (answered == took.length) {
        took = Arrays.copyOf(took, answered * 2);
      }
      took[answered++] = nanos;
    }

    /** Milliseconds within which this part of the answers came. */
    double percentile(double part) {
      long[] sorted = Arrays.copyOf(took, answered);
      Arrays.sort(sorted);
      return answered == 0 ? 0 : sorted[(int) ((answered - 1) * part)] / 1e6;
    }
  }

  private record Event(long at, long order, Runnable what) {}

  private record Waiting(long since, Priority priority) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final Random random;
  private final int workers;
  private double serviceMillis;
  private int busy;
  private long now;
  private long order;
  private Map<Priority, Tally> tallies = new EnumMap<>(Priority.class);
  private final Map<Priority, Double> rates = new EnumMap<>(Priority.class);
  final Bulkhead bulkhead;

  OverloadedBackend(long seed, ConcurrencyConfig config, int workers, double serviceMillis) {
    this.random = new Random(seed);
    this.workers = workers;
    this.serviceMillis = serviceMillis;
    this.bulkhead = new Bulkhead("backend", config, 0);
    for (Priority priority : Priority.values()) {
      rates.put(priority, 0.0);
      tallies.put(priority, new Tally());
    }
  }

  /** Requests a second that it can answer. */
  double capacity() {
    return workers * 1000 / serviceMillis;
  }

  void takes(double millis) {
    serviceMillis = millis;
  }

  /** So many requests of the priority come in a second from now on. */
  OverloadedBackend offer(Priority priority, double perSecond) {
    boolean begins = rates.put(priority, perSecond) == 0.0;
    if (begins && perSecond > 0) {
      next(priority);
    }
    return this;
  }

  private void next(Priority priority) {
    double rate = rates.get(priority);
    if (rate > 0) {
      after((long) (-Math.log(1 - random.nextDouble()) / rate * SECOND), () -> arrive(priority));
    }
  }

  private void arrive(Priority priority) {
    Tally tally = tallies.get(priority);
    tally.offered++;
    if (bulkhead.tryEnter(priority)) {
      queue.add(new Waiting(now, priority));
      work();
    } else {
      tally.refused++;
    }
    next(priority);
  }

  private void work() {
    while (busy < workers && !queue.isEmpty()) {
      Waiting one = queue.remove();
      busy++;
      double millis = serviceMillis * (0.5 + random.nextDouble());
      after((long) (millis * 1e6), () -> done(one));
    }
  }

  private void done(Waiting one) {
    busy--;
    bulkhead.leave(one.since, now, false);
    tallies.get(one.priority).answer(now - one.since);
    work();
  }

  private void after(long nanos, Runnable what) {
    events.add(new Event(now + nanos, order++, what));
  }

  /** Lets the time pass, and tells what happened in it. */
  Map<Priority, Tally> run(double seconds) {
    tallies = new EnumMap<>(Priority.class);
    List.of(Priority.values()).forEach(p -> tallies.put(p, new Tally()));
    long end = now + (long) (seconds * SECOND);
    while (!events.isEmpty() && events.peek().at <= end) {
      Event event = events.remove();
      now = event.at;
      event.what.run();
    }
    now = end;
    return tallies;
  }
}
