package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All upstreams and exchanges of one event loop. */
final class Exchanges {
  private final Map<String, Upstream> upstreams = new HashMap<>();
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
    return new Failed(Problem.UNAVAILABLE, Outcome.NEVER_SENT, "no upstream is called " + name);
  }

  /** Holds what is in progress to its timeouts; called ten times a second. */
  void tick() {
    active.tick();
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
