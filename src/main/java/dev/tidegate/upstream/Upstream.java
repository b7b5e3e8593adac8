package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import dev.tidegate.upstream.balance.Balancer;
import dev.tidegate.upstream.balance.Connector;
import dev.tidegate.upstream.balance.Pool;
import dev.tidegate.upstream.guard.Guard;
import dev.tidegate.upstream.health.Cause;
import dev.tidegate.upstream.health.Fitness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** One named service as one event loop sees it. */
final class Upstream {
  private final UpstreamConfig config;
  private final List<Pool> pools = new ArrayList<>();
  private final Fitness fitness;
  private final Balancer balancer;
  private final Guard guard;
  private final RandomGenerator random;
  private final Timer answers;
  private final Counter retries;
  private final Counter hedges;
  private final Counter hedgesWon;
  private final MeterRegistry meters;
  private final FailureLog log;
  private final Map<Problem, Counter> failures = new EnumMap<>(Problem.class);

  Upstream(
      UpstreamConfig config,
      UpstreamNode node,
      Dialer dialer,
      LongSupplier millis,
      RandomGenerator random) {
    this.config = config;
    this.log = node.failures();
    this.meters = node.meters();
    this.fitness = node.fitness(config);
    this.guard = node.guard(config);
    this.random = random;
    for (int i = 0; i < config.endpoints().size(); i++) {
      Endpoint endpoint = config.endpoints().get(i);
      pools.add(
          new Pool(
              i, endpoint.weight(), config.bounds(), () -> dialer.dial(config, endpoint), millis));
    }
    this.balancer = new Balancer(pools, config.balance(), fitness, random);
    this.answers =
        Timer.builder("tidegate.upstream.answers")
            .description("From sending a request until its answer begins")
            .tag("upstream", config.name())
            .register(meters);
    this.hedges = hedges("tidegate.upstream.hedges", "Reads that were sent to a second endpoint");
    this.hedgesWon =
        hedges("tidegate.upstream.hedges.won", "Reads that the second endpoint answered first");
    this.retries =
        Counter.builder("tidegate.upstream.retries")
            .tag("upstream", config.name())
            .register(meters);
  }

  private Counter hedges(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("upstream", config.name())
        .register(meters);
  }

  UpstreamConfig config() {
    return config;
  }

  Guard guard() {
    return guard;
  }

  /** The endpoint that a request goes to. */
  Connector choose() {
    Connector choice = balancer.next();
    return fitness.admits(choice.number()) ? choice : balancer.other(choice);
  }

  /** Another endpoint than this one, when there is one. */
  Connector other(Connector failed) {
    return balancer.other(failed);
  }

  /** A random number below the bound. */
  long draw(long bound) {
    return random.nextLong(bound);
  }

  Timer answers() {
    return answers;
  }

  void retried() {
    retries.increment();
  }

  /** An attempt failed, and another one follows. */
  void blame(Connector connector, Cause cause, String why) {
    fitness.failed(connector.number(), cause, why);
  }

  void hedged() {
    hedges.increment();
  }

  void hedgeWon() {
    hedgesWon.increment();
  }

  /** Says whom the request is for; Vert.x says the endpoint. */
  void address(HttpClientRequest request, Call call) {
    if (config.host() == HostHeader.KEEP) {
      String host = call.host();
      HostAndPort authority = host == null ? null : HostAndPort.parseAuthority(host, -1);
      if (authority != null) {
        request.authority(authority);
      }
    }
    if (request.version() == HttpVersion.HTTP_2 && call.takesTrailers()) {
      request.putHeader(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
    }
  }

  /** No connection to the endpoint could be made. */
  void unreachable(Connector connector, String why) {
    fitness.failed(connector.number(), Cause.UNREACHABLE, why);
  }

  /** An answer has come whole. */
  void answered(Connector connector, int status) {
    fitness.succeeded(connector.number(), status);
  }

  /** What a failure says of the endpoint; a silence within an answer may be how it is meant. */
  private void blame(Connector connector, Stage at, Failed failure) {
    if (failure.problem() == Problem.UPSTREAM_BROKEN) {
      fitness.failed(connector.number(), Cause.BROKEN, failure.detail());
    } else if (failure.problem() == Problem.UPSTREAM_TIMEOUT
        && (at == Stage.OPENING || at == Stage.SENT)) {
      fitness.failed(connector.number(), Cause.TIMEOUT, failure.detail());
    }
  }

  /** Counts and tells a failure. */
  Failed failed(Call call, Connector connector, Stage at, Failed failure) {
    blame(connector, at, failure);
    log.failed(call, config.endpoints().get(connector.number()).toString(), failure);
    failures
        .computeIfAbsent(
            failure.problem(),
            p ->
                Counter.builder("tidegate.upstream.failures")
                    .tag("upstream", config.name())
                    .tag("problem", p.slug())
                    .register(meters))
        .increment();
    return failure;
  }

  void sweep() {
    pools.forEach(Pool::sweep);
  }

  /** For people. */
  void show(JsonWriter json) {
    json.object();
    json.field("name", config.name()).field("balance", config.balance().name());
    guard.show(json);
    json.array("endpoints");
    for (int i = 0; i < pools.size(); i++) {
      Pool pool = pools.get(i);
      json.object().field("address", config.endpoints().get(i).toString());
      fitness.show(i, json);
      json.field("open", pool.open()).field("idle", pool.idle());
      json.field("inFlight", pool.inFlight()).field("pending", pool.pending()).end();
    }
    json.end().end();
  }
}
