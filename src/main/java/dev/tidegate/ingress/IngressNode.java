package dev.tidegate.ingress;

import dev.tidegate.ingress.exchange.Faults;
import dev.tidegate.ingress.forward.OpenCounts;
import dev.tidegate.ingress.forward.TunnelCounts;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.net.Certificates;
import dev.tidegate.overload.ConcurrencyLimits;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.Rules;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What the INGRESS instances of one node share; all of it is safe for all threads.
 *
 * @param name the node's
 */
public record IngressNode(
    String name,
    RouteTable routes,
    RateLimits rateLimits,
    ConcurrencyLimits concurrencyLimits,
    Authenticator authenticator,
    Rules rules,
    TunnelCounts tunnels,
    Certificates certificates,
    OpenCounts streams,
    Faults faults,
    MeterRegistry meters,
    EventLoops loops) {
  public IngressNode(
      String name,
      RouteTable routes,
      RateLimits rateLimits,
      ConcurrencyLimits concurrencyLimits,
      Authenticator authenticator,
      Rules rules,
      MeterRegistry meters,
      EventLoops loops) {
    this(
        name,
        routes,
        rateLimits,
        concurrencyLimits,
        authenticator,
        rules,
        new TunnelCounts(meters),
        new Certificates(meters),
        new OpenCounts(meters, "tidegate.http.streams", "Streams that are open to upstreams"),
        new Faults(meters, System::nanoTime),
        meters,
        loops);
  }
}
