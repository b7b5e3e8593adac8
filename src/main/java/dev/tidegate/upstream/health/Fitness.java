package dev.tidegate.upstream.health;

import dev.tidegate.json.JsonWriter;
import dev.tidegate.upstream.balance.Eligible;
import dev.tidegate.upstream.health.EndpointHealth.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which endpoints of one upstream are fit, for all event loops of a node. Safe from any thread. */
public final class Fitness implements Eligible {
  private static final Logger LOG = LoggerFactory.getLogger(Fitness.class);

  private final String upstream;
  private final List<String> names;
  private final List<EndpointHealth> endpoints = new ArrayList<>();
  private final OutlierConfig outlier;
  private final MeterRegistry meters;
  private final AtomicInteger version = new AtomicInteger();

  /**
   * All are in at first.
   *
   * @param names of the endpoints, in their order
   * @param check null when nothing checks them
   * @param nanos a monotonic clock
   * @param millis the wall clock
   */
  public Fitness(
      String upstream,
      List<String> names,
      OutlierConfig outlier,
      @Nullable CheckConfig check,
      MeterRegistry meters,
      LongSupplier nanos,
      LongSupplier millis) {
    this.upstream = upstream;
    this.names = List.copyOf(names);
    this.outlier = outlier;
    this.meters = meters;
    for (String name : names) {
      EndpointHealth endpoint = new EndpointHealth(outlier, check, nanos, millis, this::changed);
      endpoints.add(endpoint);
      Gauge.builder("tidegate.upstream.endpoint.in", endpoint, e -> e.in() ? 1 : 0)
          .description("1 while the endpoint takes requests")
          .tag("upstream", upstream)
          .tag("endpoint", name)
          .register(meters);
      TimeGauge.builder(
              "tidegate.upstream.endpoint.since",
              endpoint,
              TimeUnit.MILLISECONDS,
              e -> e.state().sinceMillis())
          .description("When it went in or out, in seconds since the epoch")
          .tag("upstream", upstream)
          .tag("endpoint", name)
          .register(meters);
    }
  }

  private void changed(EndpointHealth endpoint, State state, @Nullable Cause cause) {
    version.incrementAndGet();
    String name = names.get(endpoints.indexOf(endpoint));
    if (cause == null) {
      LOG.info("upstream={} endpoint={} health=in why=\"{}\"", upstream, name, state.why());
      return;
    }
    LOG.warn("upstream={} endpoint={} health=out why=\"{}\"", upstream, name, state.why());
    Counter.builder("tidegate.upstream.endpoint.outs")
        .description("How often the endpoint was put out")
        .tag("upstream", upstream)
        .tag("endpoint", name)
        .tag("cause", cause.tag())
        .register(meters)
        .increment();
  }

  @Override
  public int version() {
    return version.get();
  }

  @Override
  public boolean in(int endpoint) {
    return endpoints.get(endpoint).in();
  }

  /** Whether one more request may go to the endpoint now. */
  public boolean admits(int endpoint) {
    return endpoints.get(endpoint).admits();
  }

  /** An exchange has ended as it should. */
  public void succeeded(int endpoint, int status) {
    if (outlier.statuses().contains(status)) {
      failed(endpoint, Cause.STATUS, "it answered " + status);
      return;
    }
    EndpointHealth health = endpoints.get(endpoint);
    health.succeeded();
    if (!health.in() && endpoints.stream().noneMatch(EndpointHealth::in)) {
      health.provedWell();
    }
  }

  /** An exchange has failed, and it is not the caller's doing. */
  public void failed(int endpoint, Cause cause, String detail) {
    endpoints.get(endpoint).failed(cause, detail);
  }

  /** Whether it is time to try a connection to it. */
  public boolean toBeTried(int endpoint) {
    return endpoints.get(endpoint).toBeTried();
  }

  public void tried(int endpoint, boolean connected, String detail) {
    endpoints.get(endpoint).tried(connected, detail);
  }

  public void checked(int endpoint, boolean well, String detail) {
    endpoints.get(endpoint).checked(well, detail);
  }

  /** For people: fields of the endpoint's object. */
  public void show(int endpoint, JsonWriter json) {
    State state = endpoints.get(endpoint).state();
    json.field("health", state.in() ? "in" : "out");
    if (state.halfOpen()) {
      json.field("halfOpen", true);
    }
    json.field("why", state.why());
    json.field("since", Instant.ofEpochMilli(state.sinceMillis()).toString());
  }
}
