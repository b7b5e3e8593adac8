package dev.tidegate.overload;

import dev.tidegate.overload.ConcurrencyConfig.By;
import dev.tidegate.overload.ConcurrencyLimits.Limit;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Permit;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Priority;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets no more requests wait for an answer than their limits take, and turns the least important
 * away first, at once and with a safe conscience: nothing of them has been sent.
 */
public final class LoadShedding implements Policy {
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");
  private static final CharSequence SOON = HttpHeaders.createOptimized("1");
  private static final String WHOLE_NODE = "node";

  /**
   * What a route says of it.
   *
   * @param route its id
   * @param target who carries its requests out
   * @param commands whether they are commands
   * @param priority of all its requests; null when it depends on each
   * @param limits the names of those that hold for it
   */
  public record Terms(
      String route,
      String target,
      boolean commands,
      @Nullable Priority priority,
      List<String> limits) {}

  /** One limit as it holds for a route; no bulkhead of its own when each consumer has one. */
  private record Place(Limit limit, @Nullable Bulkhead lasting) {}

  private record Known(boolean commands, @Nullable Priority priority, List<Place> places) {}

  private final ConcurrencyLimits limits;
  private final PerRoute<@Nullable Known> known;

  /** Fails when a route names a limit that is not configured. */
  public LoadShedding(ConcurrencyLimits limits, PerRoute<@Nullable Terms> terms) {
    this.limits = limits;
    this.known = terms.map(this::known);
  }

  private @Nullable Known known(@Nullable Terms terms) {
    List<Place> places = new ArrayList<>();
    if (terms != null) {
      for (Limit limit : limits.limits(terms.limits())) {
        String key =
            switch (limit.config.by()) {
              case UPSTREAM -> terms.target();
              case ROUTE -> terms.route();
              case NODE, CONSUMER -> WHOLE_NODE;
            };
        boolean each = limit.config.by() == By.CONSUMER;
        places.add(new Place(limit, each ? null : limits.lasting(limit, key)));
      }
    }
    return terms == null || places.isEmpty()
        ? null
        : new Known(terms.commands(), terms.priority(), List.copyOf(places));
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    Known here = known.of(exchange);
    if (here == null) {
      next.proceed();
      return;
    }
    Priority priority = priority(here, exchange);
    Held held = new Held(here.places.size(), limits.now());
    // What it holds is given back when it ends, also if it fails to get the rest.
    exchange.permit(held);
    for (Place place : here.places) {
      Bulkhead entered = enter(place, exchange, priority, held.since);
      if (entered == null) {
        exchange.permit(null);
        held.cancel();
        refuse(exchange, place.limit);
        return;
      }
      held.add(place.limit, entered);
    }
    next.proceed();
  }

  private static @Nullable Bulkhead enter(
      Place place, Exchange exchange, Priority priority, long now) {
    Bulkhead lasting = place.lasting;
    if (lasting != null) {
      return place.limit.enter(lasting, priority);
    }
    Identity identity = exchange.identity();
    String key = identity == null ? exchange.client() : identity.consumer();
    return place.limit.enter(key, priority, now);
  }

  private static Priority priority(Known here, Exchange exchange) {
    Priority given = here.priority;
    if (given != null) {
      return given;
    }
    if (here.commands) {
      return HttpMethod.DELETE.equals(exchange.method()) ? Priority.CANCEL : Priority.ORDER;
    }
    return exchange.identity() == null ? Priority.ANONYMOUS : Priority.QUERY;
  }

  private static void refuse(Exchange exchange, Limit limit) {
    exchange.responseHeaders().set(RETRY_AFTER, SOON);
    exchange.answer(
        new Reply.Refusal(
            Problem.OVERLOADED,
            "more requests wait for an answer than the limit "
                + limit.config.name()
                + " takes; see Retry-After",
            Outcome.NEVER_SENT));
  }

  @Override
  public void onHead(Exchange exchange) {
    Permit permit = exchange.permit();
    if (permit != null) {
      exchange.permit(null);
      permit.answered(exchange.status());
    }
  }

  @Override
  public void onEnd(Exchange exchange) {
    Permit permit = exchange.permit();
    if (permit != null) {
      exchange.permit(null);
      permit.abandoned();
    }
  }

  /** The places that one request has. */
  private final class Held implements Permit {
    final long since;
    private final Limit[] under;
    private final Bulkhead[] in;
    private int size;

    Held(int most, long since) {
      this.since = since;
      this.under = new Limit[most];
      this.in = new Bulkhead[most];
    }

    void add(Limit limit, Bulkhead entered) {
      under[size] = limit;
      in[size++] = entered;
    }

    /** As if it had never been there. */
    void cancel() {
      for (int i = 0; i < size; i++) {
        in[i].cancel();
        under[i].left(in[i]);
      }
    }

    @Override
    public void answered(int status) {
      boolean failed = status == 429 || (status >= 502 && status <= 504);
      long now = limits.now();
      for (int i = 0; i < size; i++) {
        in[i].leave(since, now, failed);
        under[i].left(in[i]);
      }
    }

    @Override
    public void abandoned() {
      long now = limits.now();
      for (int i = 0; i < size; i++) {
        in[i].giveUp(since, now);
        under[i].left(in[i]);
      }
    }
  }
}
