package dev.tidegate.overload;

import dev.tidegate.overload.ConcurrencyConfig.Adaptive;
import java.util.concurrent.TimeUnit;

/**
 * How many requests can wait at once before they only wait for each other: the limit falls while
 * answers take more than {@code tolerance} times as long as without load, and grows while they do
 * not and it is used. What they take without load is the shortest mean of a window, and is measured
 * anew while they take longer, by letting fewer requests in for a moment from time to time: a queue
 * that never empties would pass for the normal state of things otherwise. Safe for all threads.
 */
final class GradientLimit {
  private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_WINDOW = TimeUnit.SECONDS.toNanos(1);
  private static final int ENOUGH = 10;
  private static final double SMOOTHING = 0.2;
  private static final double AFTER_FAILURE = 0.9;

  /** One answer weighs no more than so many times the unloaded time: some wait by design. */
  private static final int OUTLIER = 10;

  private static final long PROBE_EVERY = TimeUnit.SECONDS.toNanos(30);
  private static final long LONGEST_PROBE = TimeUnit.SECONDS.toNanos(2);
  private static final int PROBE_ANSWERS = 20;

  /** A probe lets in this part of the limit. */
  private static final int PROBE_PART = 8;

  private final int min;
  private final int max;
  private final double tolerance;
  private final Window window = new Window();
  private final Window probe = new Window();
  private double unloaded;
  private double limitAtProbe;
  private long probeAt;
  private boolean drained;
  private volatile double limit;

  /** Requests that a probe lets in; 0 while there is none. */
  private volatile int probing;

  GradientLimit(Adaptive adaptive, int max, long now) {
    this.min = adaptive.min();
    this.max = max;
    this.tolerance = adaptive.tolerance();
    this.limit = Math.min(adaptive.initial(), max);
    this.limitAtProbe = limit;
    this.probeAt = now + PROBE_EVERY;
    window.begin(now);
  }

  double limit() {
    return limit;
  }

  /** Requests that may be let in at present although they are not urgent. */
  int patient() {
    int fewer = probing;
    return fewer == 0 ? Integer.MAX_VALUE : fewer;
  }

  /**
   * A request is over.
   *
   * @param started when it was let in
   * @param inFlight with it
   * @param failed it was refused or not answered in time
   */
  synchronized void over(long started, long now, int inFlight, boolean failed) {
    double took = Math.max(1, now - started);
    if (unloaded > 0) {
      took = Math.min(took, OUTLIER * unloaded);
    }
    if (probing > 0) {
      probed(started, now, inFlight, failed, took);
      return;
    }
    window.add(took, inFlight, failed);
    long age = now - window.begun;
    if ((age >= WINDOW && window.count >= ENOUGH) || age >= LONGEST_WINDOW) {
      adapt();
      if (now - probeAt >= 0 && loaded()) {
        drained = false;
        probe.begin(now);
        probing = probeSize();
      }
      window.begin(now);
    }
  }

  /** Nobody waits for it any more: it would have taken longer than this. */
  synchronized void unanswered(long started, long now, int inFlight) {
    if (now - started > unloaded) {
      over(started, now, inFlight, false);
    }
  }

  private int probeSize() {
    return Math.max(min, (int) limit / PROBE_PART);
  }

  /** Whether what an answer takes may be for others that wait. */
  private boolean loaded() {
    return window.most > probeSize() && window.sum > window.count * unloaded * (1 + tolerance) / 2;
  }

  private void adapt() {
    double mean = window.sum / window.count;
    if (unloaded == 0 || (mean < unloaded && window.count >= ENOUGH)) {
      unloaded = mean;
    } else if (window.most <= probeSize()) {
      // Nobody waits for anybody: it takes what it takes by now.
      unloaded += SMOOTHING * (mean - unloaded);
    }
    double before = limit;
    if (window.failed) {
      bound(before * AFTER_FAILURE);
      return;
    }
    double gradient = Math.clamp(tolerance * unloaded / mean, 0.5, 1);
    boolean used = window.most * 2 >= before;
    if (gradient < 1 || used) {
      double target = before * gradient + Math.sqrt(before);
      bound(before + SMOOTHING * (target - before));
    }
    if (gradient < 1 && limit * 2 < limitAtProbe) {
      // Far from where it was: is the upstream overrun, or slower than it used to be?
      probeAt = window.begun;
    }
  }

  private void bound(double to) {
    limit = Math.clamp(to, min, max);
  }

  private void probed(long started, long now, int inFlight, boolean failed, double took) {
    if (!drained) {
      drained = inFlight <= probing;
      probe.begin(drained ? now : probe.begun);
    } else if (started - probe.begun >= 0 && !failed) {
      probe.add(took, inFlight, false);
    }
    boolean known = probe.count >= PROBE_ANSWERS;
    if (known) {
      unloaded = probe.sum / probe.count;
    }
    if (known || now - probe.begun >= LONGEST_PROBE) {
      probing = 0;
      limitAtProbe = limit;
      probeAt = now + PROBE_EVERY;
      window.begin(now);
    }
  }

  private static final class Window {
    long begun;
    int count;
    double sum;
    int most;
    boolean failed;

    void begin(long now) {
      begun = now;
      count = 0;
      sum = 0;
      most = 0;
      failed = false;
    }

    void add(double took, int inFlight, boolean asFailed) {
      count++;
      sum += took;
      most = Math.max(most, inFlight);
      failed |= asFailed;
    }
  }
}
