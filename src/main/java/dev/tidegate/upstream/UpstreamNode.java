package dev.tidegate.upstream;

import dev.tidegate.loop.EventLoops;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import dev.tidegate.upstream.balance.Regions;
import dev.tidegate.upstream.balance.Selection;
import dev.tidegate.upstream.balance.Selection.Place;
import dev.tidegate.upstream.balance.SelectionConfig;
import dev.tidegate.upstream.guard.Guard;
import dev.tidegate.upstream.health.Fitness;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the UPSTREAM instances of one node share; they may use it from all their event loops. */
public final class UpstreamNode {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamNode.class);

  private final List<UpstreamConfig> configs;
  private final Regions regions;
  private final MeterRegistry meters;
  private final EventLoops loops;
  private final String name;
  private final Map<String, Fitness> fitness = new ConcurrentHashMap<>();
  private final Map<String, Selection> selections = new ConcurrentHashMap<>();
  private final Map<String, Guard> guards = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Checks> leader = new AtomicReference<>();
  private final FailureLog failures = new FailureLog(System::nanoTime, LOG::warn);

  public UpstreamNode(
      List<UpstreamConfig> configs,
      List<RegionConfig> regions,
      MeterRegistry meters,
      EventLoops loops,
      String name) {
    this.configs = List.copyOf(configs);
    this.regions = new Regions(regions.stream().map(RegionConfig::region).toList());
    this.meters = meters;
    this.loops = loops;
    this.name = name;
  }

  List<UpstreamConfig> configs() {
    return configs;
  }

  MeterRegistry meters() {
    return meters;
  }

  EventLoops loops() {
    return loops;
  }

  String name() {
    return name;
  }

  /** Which endpoints of the upstream are fit. */
  Fitness fitness(UpstreamConfig config) {
    return fitness.computeIfAbsent(
        config.name(),
        upstream ->
            new Fitness(
                upstream,
                config.endpoints().stream().map(Endpoint::toString).toList(),
                config.outlier(),
                config.check(),
                meters,
                System::nanoTime,
                System::currentTimeMillis));
  }

  /** Which endpoints the upstream's requests are balanced among; null for all that are fit. */
  @Nullable Selection selection(UpstreamConfig config) {
    SelectionConfig how = config.selection();
    return how == null
        ? null
        : selections.computeIfAbsent(
            config.name(),
            upstream ->
                new Selection(
                    upstream,
                    config.endpoints().stream()
                        .map(endpoint -> new Place(endpoint.toString(), endpoint.region()))
                        .toList(),
                    regions,
                    how,
                    fitness(config),
                    meters,
                    System::nanoTime));
  }

  /** What bounds the requests to the upstream. */
  Guard guard(UpstreamConfig config) {
    return guards.computeIfAbsent(
        config.name(),
        upstream ->
            new Guard(
                upstream,
                config.circuit(),
                config.retry(),
                meters,
                System::nanoTime,
                System::currentTimeMillis));
  }

  /** Whether it is this one of the instances that checks the endpoints, for all. */
  boolean leads(Checks checks) {
    return leader.get() == checks || leader.compareAndSet(null, checks);
  }

  void resign(Checks checks) {
    leader.compareAndSet(checks, null);
  }

  FailureLog failures() {
    return failures;
  }
}
