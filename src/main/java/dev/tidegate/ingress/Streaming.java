package dev.tidegate.ingress;

import dev.tidegate.ingress.forward.OpenCounts;
import dev.tidegate.ingress.forward.OpenCounts.Caller;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteConfig.Streams;
import dev.tidegate.route.RouteTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds requests of routes that carry streams to a number and a lifetime. How long one may be
 * silent is seen where its bytes pass.
 */
final class Streaming implements Policy {
  private record Open(Caller caller, long until) {}

  private final OpenCounts counts;
  private final PerRoute<@Nullable Streams> limits;
  private final PerRoute<String> ids;
  private final Loop loop;
  private final Map<Exchange, Open> open = new HashMap<>();

  Streaming(OpenCounts counts, RouteTable routes, Loop loop) {
    this.counts = counts;
    this.limits = routes.each(null, RouteConfig::stream);
    this.ids = routes.ids();
    this.loop = loop;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    Streams most = limits.of(exchange);
    if (most == null) {
      next.proceed();
      return;
    }
    Caller caller = Caller.of(exchange, ids.of(exchange));
    if (!counts.tryTake(caller, most.maxStreams(), most.maxPerConsumer())) {
      exchange.answer(
          new Reply.Refusal(
              Problem.TOO_MANY_CONNECTIONS,
              "the route takes %d streams, and %d of one caller"
                  .formatted(most.maxStreams(), most.maxPerConsumer()),
              Outcome.NEVER_SENT));
      return;
    }
    open.put(exchange, new Open(caller, loop.nanos() + most.lifetime().toNanos()));
    next.proceed();
  }

  @Override
  public void onEnd(Exchange exchange) {
    if (!open.isEmpty()) {
      Open over = open.remove(exchange);
      if (over != null) {
        counts.giveBack(over.caller);
      }
    }
  }

  /** Ends those that have been open for too long; called some times a second. */
  void sweep() {
    if (!open.isEmpty()) {
      long now = loop.nanos();
      List.copyOf(open.entrySet()).stream()
          .filter(one -> now - one.getValue().until > 0)
          .forEach(one -> one.getKey().cutOff("stream-lifetime"));
    }
  }
}
