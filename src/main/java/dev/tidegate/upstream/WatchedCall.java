package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.guard.CircuitBreaker;
import io.vertx.core.MultiMap;
import io.vertx.core.net.NetSocket;

/** Tells a circuit breaker what becomes of a call: its answer's head says it. */
final class WatchedCall extends CallFilter {
  private final CircuitBreaker breaker;
  private final long ticket;
  private boolean told;

  WatchedCall(Call call, CircuitBreaker breaker, long ticket) {
    super(call);
    this.breaker = breaker;
    this.ticket = ticket;
  }

  @Override
  public boolean responseHead(int status, MultiMap headers) {
    if (!told) {
      told = true;
      if (breaker.config().statuses().contains(status)) {
        breaker.failed(ticket);
      } else {
        breaker.succeeded(ticket);
      }
    }
    return call.responseHead(status, headers);
  }

  @Override
  public void switched(MultiMap headers, NetSocket socket, Runnable over) {
    if (!told) {
      told = true;
      breaker.succeeded(ticket);
    }
    call.switched(headers, socket, over);
  }

  @Override
  public void failed(Failed failure) {
    if (!told) {
      told = true;
      if (upstreams(failure.problem())) {
        breaker.failed(ticket);
      } else {
        breaker.abandoned(ticket);
      }
    }
    call.failed(failure);
  }

  private static boolean upstreams(Problem problem) {
    return problem == Problem.UPSTREAM_UNREACHABLE
        || problem == Problem.UPSTREAM_BROKEN
        || problem == Problem.UPSTREAM_TIMEOUT;
  }

  @Override
  public void onGone(Runnable cancel) {
    call.onGone(
        () -> {
          if (!told) {
            told = true;
            breaker.abandoned(ticket);
          }
          cancel.run();
        });
  }
}
