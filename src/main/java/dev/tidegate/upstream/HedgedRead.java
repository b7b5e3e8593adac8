package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.Outcome;
import dev.tidegate.upstream.guard.RecentLatencies;
import io.vertx.core.MultiMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A read that is sent to a second endpoint when the first takes long: whoever's answer begins first
 * has it, and the other one is given up. Lives on one event loop.
 */
final class HedgedRead {
  private final Call call;
  private final Upstream upstream;
  private final Active active;
  private final Hedge terms;
  private final RecentLatencies latencies;
  private final Leg first;
  private @Nullable Leg second;
  private @Nullable Leg winner;
  private @Nullable Failed failure;
  private Loop.@Nullable Timer timer;
  private boolean gone;

  HedgedRead(Call call, Upstream upstream, Active active, Hedge terms, RecentLatencies latencies) {
    this.call = call;
    this.upstream = upstream;
    this.active = active;
    this.terms = terms;
    this.latencies = latencies;
    this.first = new Leg(call);
  }

  void start() {
    call.onGone(this::gone);
    long after =
        terms.afterMillis() > 0
            ? TimeUnit.MILLISECONDS.toNanos(terms.afterMillis())
            : latencies.told();
    first.start(null);
    if (after >= 0 && !first.over && winner == null) {
      timer = active.loop().after(after, this::hedge);
    }
  }

  private void hedge() {
    timer = null;
    if (gone || winner != null || first.over || !upstream.guard().tryRetry()) {
      return;
    }
    upstream.hedged();
    Leg leg = new Leg(call);
    second = leg;
    leg.start(first.forwarding);
  }

  private void gone() {
    gone = true;
    stopTimer();
    first.stop();
    if (second != null) {
      second.stop();
    }
  }

  private void stopTimer() {
    Loop.Timer waiting = timer;
    timer = null;
    if (waiting != null) {
      waiting.cancel();
    }
  }

  /** One of the two, as its forwarding sees the call. */
  private final class Leg extends CallFilter {
    private final long started = active.loop().nanos();
    @Nullable Forwarding forwarding;
    boolean over;
    private @Nullable Runnable cancel;

    Leg(Call call) {
      super(call);
    }

    void start(@Nullable Forwarding other) {
      Forwarding mine = new Forwarding(this, upstream, active, other);
      forwarding = mine;
      mine.start();
    }

    void stop() {
      Runnable stopping = cancel;
      over = true;
      if (stopping != null) {
        stopping.run();
      }
    }

    @Override
    public void onGone(Runnable stopping) {
      cancel = stopping;
    }

    /** Whoever may still lose says nothing that cannot be taken back. */
    @Override
    public void responseInterim(int status, MultiMap headers) {
      if (winner == this) {
        call.responseInterim(status, headers);
      }
    }

    @Override
    public boolean responseHead(int status, MultiMap headers) {
      if (winner != null || gone) {
        return false;
      }
      winner = this;
      stopTimer();
      latencies.record(active.loop().nanos() - started);
      Leg loser = this == first ? second : first;
      if (loser != null && !loser.over) {
        loser.stop();
      }
      if (this == second) {
        upstream.hedgeWon();
      }
      return call.responseHead(status, headers);
    }

    @Override
    public void failed(Failed failed) {
      over = true;
      if (winner == this) {
        call.failed(failed);
        return;
      }
      Leg other = this == first ? second : first;
      Failed before = failure;
      failure = failed;
      if (winner == null && (other == null || other.over)) {
        stopTimer();
        boolean unknown = before != null && before.outcome() == Outcome.UNKNOWN;
        call.failed(
            unknown ? new Failed(failed.problem(), Outcome.UNKNOWN, failed.detail()) : failed);
      }
    }
  }
}
