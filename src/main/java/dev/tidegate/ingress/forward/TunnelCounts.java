package dev.tidegate.ingress.forward;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** How many WebSockets to upstreams are open on a node, and what they carry. */
public final class TunnelCounts extends OpenCounts {
  private final MeterRegistry meters;

  /** What is counted of one route, beside what is open. */
  record Meters(Counter toUpstream, Counter toCaller) {}

  public TunnelCounts(MeterRegistry meters) {
    super(meters, "tidegate.websocket.tunnels", "WebSockets that are open to upstreams");
    this.meters = meters;
  }

  Meters meters(String route) {
    return new Meters(bytes(route, "upstream"), bytes(route, "caller"));
  }

  private Counter bytes(String route, String to) {
    return Counter.builder("tidegate.websocket.tunnel.bytes")
        .description("What WebSockets to upstreams have carried, by who got it")
        .tag("route", route)
        .tag("to", to)
        .register(meters);
  }

  void closed(String route, String cause) {
    Counter.builder("tidegate.websocket.tunnel.closes")
        .tag("route", route)
        .tag("cause", cause)
        .register(meters)
        .increment();
  }
}
