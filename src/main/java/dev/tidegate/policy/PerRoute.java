package dev.tidegate.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one policy needs to know of each route, worked out when the gateway starts and looked up by
 * the route's number. Immutable.
 */
public final class PerRoute<T extends @Nullable Object> {
  /** What holds without a route stands first. */
  private final List<T> all;

  private PerRoute(List<T> all) {
    this.all = all;
  }

  /**
   * A value for each route.
   *
   * @param none what holds while no route has matched
   * @param routes in the order of their numbers
   */
  public static <T extends @Nullable Object> PerRoute<T> of(T none, List<? extends T> routes) {
    List<T> all = new ArrayList<>(routes.size() + 1);
    all.add(none);
    all.addAll(routes);
    return new PerRoute<>(all);
  }

  /** What holds for the route of this exchange. */
  public T of(Exchange exchange) {
    return all.get(exchange.route() + 1);
  }

  /** Something else of each route, worked out from this. */
  public <R extends @Nullable Object> PerRoute<R> map(Function<? super T, ? extends R> as) {
    List<R> others = new ArrayList<>(all.size());
    all.forEach(one -> others.add(as.apply(one)));
    return new PerRoute<>(others);
  }
}
