package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** One named service as one event loop sees it. */
final class Upstream {
  private final UpstreamConfig config;
  private final List<Pool> pools = new ArrayList<>();
  private final Balancer balancer;
  private final Timer answers;
  private final Counter retries;
  private final MeterRegistry meters;
  private final Map<String, Counter> failures = new ConcurrentHashMap<>();

  Upstream(
      UpstreamConfig config,
      Function<Endpoint, Future<HttpClientConnection>> connector,
      LongSupplier millis,
      MeterRegistry meters) {
    this.config = config;
    this.meters = meters;
    for (Endpoint endpoint : config.endpoints()) {
      pools.add(new Pool(config, endpoint, connector, millis));
    }
    this.balancer = new Balancer(pools, config.balance(), RandomGenerator.getDefault());
    this.answers =
        Timer.builder("tidegate.upstream.answers")
            .description("From sending a request until its answer begins")
            .tag("upstream", config.name())
            .register(meters);
    this.retries =
        Counter.builder("tidegate.upstream.retries")
            .tag("upstream", config.name())
            .register(meters);
  }

  UpstreamConfig config() {
    return config;
  }

  Balancer balancer() {
    return balancer;
  }

  Timer answers() {
    return answers;
  }

  void retried() {
    retries.increment();
  }

  Failed failed(Problem problem, Outcome outcome, String detail) {
    failures
        .computeIfAbsent(
            problem.slug(),
            slug ->
                Counter.builder("tidegate.upstream.failures")
                    .tag("upstream", config.name())
                    .tag("problem", slug)
                    .register(meters))
        .increment();
    return new Failed(problem.name(), outcome, detail);
  }

  void sweep() {
    pools.forEach(Pool::sweep);
  }

  int open() {
    return pools.stream().mapToInt(Pool::open).sum();
  }

  int inFlight() {
    return pools.stream().mapToInt(Pool::inFlight).sum();
  }

  int pending() {
    return pools.stream().mapToInt(Pool::pending).sum();
  }

  /** For people. */
  void show(StringBuilder out) {
    out.append("{\"name\":\"").append(config.name());
    out.append("\",\"balance\":\"").append(config.balance()).append("\",\"endpoints\":[");
    for (Pool pool : pools) {
      out.append(pool == pools.get(0) ? "{" : ",{");
      out.append("\"address\":\"").append(pool.endpoint());
      out.append("\",\"open\":").append(pool.open());
      out.append(",\"idle\":").append(pool.idle());
      out.append(",\"inFlight\":").append(pool.inFlight());
      out.append(",\"pending\":").append(pool.pending()).append('}');
    }
    out.append("]}");
  }
}
