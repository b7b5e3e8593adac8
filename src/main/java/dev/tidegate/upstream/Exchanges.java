package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.guard.CircuitBreaker;
import dev.tidegate.upstream.guard.RecentLatencies;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All upstreams and exchanges of one event loop. */
final class Exchanges {
  private final Map<String, Upstream> upstreams = new HashMap<>();
  private final Map<String, RecentLatencies> latencies = new HashMap<>();
  private final Active active;

  Exchanges(UpstreamNode node, Dialer dialer, Loop loop, RandomGenerator random) {
    this.active = new Active(loop);
    for (UpstreamConfig config : node.configs()) {
      Upstream upstream = new Upstream(config, node, dialer, active::now, random);
      if (upstreams.put(config.name(), upstream) != null) {
        throw new IllegalArgumentException(
            "upstreams.name: " + config.name() + " (expected each name once)");
      }
    }
  }

  /** Takes over a live exchange of this event loop. */
  void exchange(Call call) {
    Upstream upstream = upstreams.get(call.upstream());
    if (upstream == null) {
      call.failed(unknown(call.upstream()));
    } else {
      begin(call, upstream);
    }
  }

  private void begin(Call call, Upstream upstream) {
    CircuitBreaker breaker = upstream.guard().breaker();
    if (breaker == null) {
      send(call, upstream);
      return;
    }
    long ticket = breaker.enter();
    if (ticket == CircuitBreaker.REFUSED) {
      upstream.guard().refused();
      call.circuitOpen(
          "the circuit breaker of the upstream " + call.upstream() + " is open",
          breaker.retryAfterSeconds(),
          breaker.config().fallback());
    } else {
      send(new WatchedCall(call, breaker, ticket), upstream);
    }
  }

  private void send(Call call, Upstream upstream) {
    upstream.guard().request();
    Hedge hedge = call.hedge();
    if (hedge != null && read(call.method()) && call.requestBody() == null) {
      RecentLatencies known =
          latencies.computeIfAbsent(call.route(), r -> new RecentLatencies(hedge.percentile()));
      new HedgedRead(call, upstream, active, hedge, known).start();
    } else {
      new Forwarding(call, upstream, active, null).start();
    }
  }

  private static boolean read(HttpMethod method) {
    return HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
  }

  /** Answers an exchange that came whole. */
  Future<Forwarded> forward(Forward forward) {
    WholeCall call = new WholeCall(forward);
    exchange(call);
    return call.result();
  }

  private static Failed unknown(String name) {
    return new Failed(Problem.UNAVAILABLE, Outcome.NEVER_SENT, "no upstream is called " + name);
  }

  /** Holds what is in progress to its timeouts; called ten times a second. */
  void tick() {
    active.tick();
    upstreams.values().forEach(Upstream::tick);
  }

  /** Closes connections that have been idle for too long. */
  void sweep() {
    upstreams.values().forEach(Upstream::sweep);
  }

  /** Completes when nothing is in flight any more. */
  Future<Void> drain() {
    return active.drain();
  }

  /** For people: one upstream or all. */
  String show(@Nullable String name) {
    JsonWriter json = new JsonWriter().object().array("upstreams");
    for (Upstream upstream : upstreams.values()) {
      if (name == null || name.equals(upstream.config().name())) {
        upstream.show(json);
      }
    }
    return json.end().end().toString();
  }
}
