package dev.tidegate.ingress.forward;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many WebSockets of each route and caller are open on a node. Safe for all threads. */
public final class TunnelCounts {
  private final MeterRegistry meters;
  private final Map<String, AtomicInteger> routes = new ConcurrentHashMap<>();
  private final Map<Caller, Integer> callers = new ConcurrentHashMap<>();

  /** Whoever one is counted for, on one route. */
  record Caller(String route, boolean known, String name) {}

  /** What is counted of one route, beside what is open. */
  record Meters(Counter toUpstream, Counter toCaller) {}

  public TunnelCounts(MeterRegistry meters) {
    this.meters = meters;
  }

  private AtomicInteger route(String id) {
    return routes.computeIfAbsent(
        id,
        name -> {
          AtomicInteger count = new AtomicInteger();
          Gauge.builder("tidegate.websocket.tunnels", count, AtomicInteger::get)
              .description("WebSockets that are open to upstreams")
              .tag("route", name)
              .register(meters);
          return count;
        });
  }

  int ofRoute(String route) {
    return route(route).get();
  }

  int ofCaller(Caller caller) {
    return callers.getOrDefault(caller, 0);
  }

  /** Whether there is room on the route; then it counts until it is given back. */
  boolean tryTake(Caller caller, int mostOfRoute, int mostOfCaller) {
    AtomicInteger count = route(caller.route());
    if (count.incrementAndGet() > mostOfRoute) {
      count.decrementAndGet();
      return false;
    }
    if (callers.merge(caller, 1, Integer::sum) > mostOfCaller) {
      giveBack(caller);
      return false;
    }
    return true;
  }

  void giveBack(Caller caller) {
    route(caller.route()).decrementAndGet();
    callers.computeIfPresent(caller, (c, n) -> n > 1 ? n - 1 : null);
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
