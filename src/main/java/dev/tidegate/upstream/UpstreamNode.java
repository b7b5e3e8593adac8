package dev.tidegate.upstream;

import dev.tidegate.loop.EventLoops;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the UPSTREAM instances of one node share; they may use it from all their event loops. */
public final class UpstreamNode {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamNode.class);

  private final List<UpstreamConfig> configs;
  private final MeterRegistry meters;
  private final EventLoops loops;
  private final String name;
  private final FailureLog failures = new FailureLog(System::nanoTime, LOG::warn);

  public UpstreamNode(
      List<UpstreamConfig> configs, MeterRegistry meters, EventLoops loops, String name) {
    this.configs = List.copyOf(configs);
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

  FailureLog failures() {
    return failures;
  }
}
