package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All upstreams and exchanges of one event loop. */
final class Exchanges {
  private final Map<String, Upstream> upstreams = new HashMap<>();
  private final Active active;
  private @Nullable Promise<Void> drained;

  Exchanges(
      List<UpstreamConfig> configs,
      BiFunction<UpstreamConfig, Endpoint, Future<HttpClientConnection>> connector,
      LongSupplier millis,
      Executor loop,
      MeterRegistry meters) {
    this.active = new Active(millis, loop);
    for (UpstreamConfig config : configs) {
      Upstream upstream =
          new Upstream(config, endpoint -> connector.apply(config, endpoint), active::now, meters);
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
      new Forwarding(call, upstream, active).start();
    }
  }

  /** Answers an exchange that came whole. */
  Future<Forwarded> forward(Forward forward) {
    WholeCall call = new WholeCall(forward);
    exchange(call);
    return call.result();
  }

  private static Failed unknown(String name) {
    return new Failed(
        Problem.UNAVAILABLE.name(), Outcome.NEVER_SENT, "no upstream is called " + name);
  }

  void tick() {
    active.tick();
    Promise<Void> waiting = drained;
    if (waiting != null && active.size() == 0) {
      waiting.tryComplete();
    }
  }

  void sweep() {
    upstreams.values().forEach(Upstream::sweep);
  }

  /** Completes when nothing is in flight any more. */
  Future<Void> drain() {
    Promise<Void> promise = Promise.promise();
    drained = promise;
    if (active.size() == 0) {
      promise.tryComplete();
    }
    return promise.future();
  }

  /** For people: one upstream or all. */
  String show(@Nullable String name) {
    StringBuilder out = new StringBuilder("{\"upstreams\":[");
    for (Upstream upstream : upstreams.values()) {
      if (name == null || name.equals(upstream.config().name())) {
        if (out.charAt(out.length() - 1) == '}') {
          out.append(',');
        }
        upstream.show(out);
      }
    }
    return out.append("]}").toString();
  }
}
