package dev.tidegate.ingress.forward;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something each route and caller has open on a node. Safe for all threads. */
public class OpenCounts {
  private final MeterRegistry meters;
  private final String gauge;
  private final String description;
  private final Map<String, AtomicInteger> routes = new ConcurrentHashMap<>();
  private final Map<Caller, Integer> callers = new ConcurrentHashMap<>();

  /** Whoever one is counted for, on one route. */
  public record Caller(String route, boolean known, String name) {
    /** Who has sent this, on the route of that name. */
    public static Caller of(Exchange x, String route) {
      Identity identity = x.identity();
      return identity == null
          ? new Caller(route, false, x.client())
          : new Caller(route, true, identity.consumer());
    }
  }

  /** {@code gauge} shows what is open of each route. */
  public OpenCounts(MeterRegistry meters, String gauge, String description) {
    this.meters = meters;
    this.gauge = gauge;
    this.description = description;
  }

  private AtomicInteger route(String id) {
    return routes.computeIfAbsent(
        id,
        name -> {
          AtomicInteger count = new AtomicInteger();
          Gauge.builder(gauge, count, AtomicInteger::get)
              .description(description)
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
  public boolean tryTake(Caller caller, int mostOfRoute, int mostOfCaller) {
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

  /** One that was taken is open no more. */
  public void giveBack(Caller caller) {
    route(caller.route()).decrementAndGet();
    callers.computeIfPresent(caller, (c, n) -> n > 1 ? n - 1 : null);
  }
}
