package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import dev.tidegate.upstream.balance.Balance;
import dev.tidegate.upstream.balance.Balancer;
import dev.tidegate.upstream.balance.Chooser;
import dev.tidegate.upstream.balance.Connector;
import dev.tidegate.upstream.balance.Eligible;
import dev.tidegate.upstream.balance.HashKey;
import dev.tidegate.upstream.balance.KeyedChoice;
import dev.tidegate.upstream.balance.LoadReport;
import dev.tidegate.upstream.balance.PeakEwma;
import dev.tidegate.upstream.balance.Pool;
import dev.tidegate.upstream.balance.Selection;
import dev.tidegate.upstream.guard.Guard;
import dev.tidegate.upstream.health.Cause;
import dev.tidegate.upstream.health.Fitness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One named service as one event loop sees it. */
final class Upstream {
  private final UpstreamConfig config;
  private final List<Pool> pools = new ArrayList<>();
  private final Fitness fitness;
  private final @Nullable HashKey key;
  private final @Nullable PeakEwma ewma;
  private final @Nullable Selection selection;
  private final Chooser chooser;
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
    this.key = config.balance().byKey() ? new HashKey(config.hash()) : null;
    this.ewma =
        config.balance() == Balance.PEAK_EWMA ? new PeakEwma(pools.size(), System::nanoTime) : null;
    this.selection = node.selection(config);
    this.chooser = new Chooser(pools, selection, fitness, this::balancer);
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

  private Balancer balancer(Eligible eligible) {
    return new Balancer(pools, config.balance(), eligible, random, keyed(config, pools), ewma);
  }

  private static @Nullable KeyedChoice keyed(UpstreamConfig config, List<Pool> pools) {
    if (!config.balance().byKey()) {
      return null;
    }
    List<String> names = config.endpoints().stream().map(Endpoint::toString).toList();
    return new KeyedChoice(pools, names, config.hash() == null ? null : config.hash().bound());
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
  Connector choose(Call call) {
    long hash = hash(call);
    Connector choice = chooser.next(call.client(), hash);
    return fitness.admits(choice.number()) ? choice : chooser.other(call.client(), hash, choice);
  }

  /** Another endpoint than this one, when there is one. */
  Connector other(Call call, Connector failed) {
    return chooser.other(call.client(), hash(call), failed);
  }

  private long hash(Call call) {
    return key == null ? 0 : key.of(call.client(), call.uri(), call::header);
  }

  /** A random number below the bound. */
  long draw(long bound) {
    return random.nextLong(bound);
  }

  /** An answer has begun, so long after its request came. */
  void answering(Connector connector, HttpClientResponse response, long tookNanos) {
    answers.record(tookNanos, TimeUnit.NANOSECONDS);
    if (ewma != null) {
      ewma.took(connector.number(), tookNanos);
    }
    if (selection != null) {
      heed(connector, selection, response.headers());
    }
  }

  /** What the endpoint says of its load is for us alone. */
  private void heed(Connector connector, Selection heeding, MultiMap headers) {
    String said = headers.get(LoadReport.HEADER);
    if (said != null) {
      headers.remove(LoadReport.HEADER);
      LoadReport load = LoadReport.ofHeader(said);
      if (load != null) {
        heeding.reported(connector.number(), load);
      }
    }
  }

  void retried() {
    retries.increment();
  }

  /** An attempt failed, and another one follows. */
  void blame(Connector connector, Cause cause, String why) {
    failed(connector, cause, why);
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
    failed(connector, Cause.UNREACHABLE, why);
  }

  /** An answer has come whole. */
  void answered(Connector connector, int status) {
    fitness.succeeded(connector.number(), status);
    if (selection != null) {
      selection.ended(connector.number(), status >= 500);
    }
  }

  private void failed(Connector connector, Cause cause, String detail) {
    fitness.failed(connector.number(), cause, detail);
    if (ewma != null) {
      ewma.failed(connector.number());
    }
    if (selection != null) {
      selection.ended(connector.number(), true);
    }
  }

  /** What a failure says of the endpoint; a silence within an answer may be how it is meant. */
  private void blame(Connector connector, Stage at, Failed failure) {
    if (failure.problem() == Problem.UPSTREAM_BROKEN) {
      failed(connector, Cause.BROKEN, failure.detail());
    } else if (failure.problem() == Problem.UPSTREAM_TIMEOUT
        && (at == Stage.OPENING || at == Stage.SENT)) {
      failed(connector, Cause.TIMEOUT, failure.detail());
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

  void tick() {
    if (selection != null) {
      selection.tick();
    }
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
      if (selection != null) {
        selection.show(i, json);
      }
      json.field("open", pool.open()).field("idle", pool.idle());
      if (ewma != null) {
        json.field("latencyMicros", ewma.latencyNanos(i) / 1_000);
      }
      json.field("inFlight", pool.inFlight()).field("pending", pool.pending()).end();
    }
    json.end().end();
  }
}
