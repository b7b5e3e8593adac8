package dev.tidegate.upstream.balance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of a key: the first on the {@link HashRing} that is in and has not more than its
 * bound in flight (consistent hashing with bounded loads, Mirrokni et al. 2016). Lives on one event
 * loop.
 */
public final class KeyedChoice {
  private final List<? extends Connector> endpoints;
  private final HashRing ring;
  private final double bound;

  /**
   * A choice among these endpoints.
   *
   * @param names of the endpoints, from which their places follow
   * @param bound how many times its fair part an endpoint may have in flight; null: any number
   */
  public KeyedChoice(
      List<? extends Connector> endpoints, List<String> names, @Nullable Double bound) {
    this.endpoints = List.copyOf(endpoints);
    this.ring = new HashRing(names, endpoints.stream().mapToInt(Connector::weight).toArray());
    this.bound = bound == null ? 0 : bound;
  }

  Connector next(long hash, Eligible eligible, @Nullable Connector failed) {
    int start = ring.start(hash);
    double most = bound == 0 ? Double.POSITIVE_INFINITY : mostForWeight(eligible);
    Connector busy = null;
    Connector out = null;
    for (int step = 0; step < ring.size(); step++) {
      Connector next = endpoints.get(ring.owner(start, step));
      if (next == failed) {
        continue;
      }
      if (!eligible.in(next.number())) {
        out = out == null ? next : out;
      } else if (next.load() < Math.ceil(most * next.weight())) {
        return next;
      } else {
        busy = busy == null ? next : busy;
      }
    }
    return busy != null ? busy : out != null ? out : endpoints.get(ring.owner(start, 0));
  }

  /** How many requests each unit of weight may have in flight, with the one that comes. */
  private double mostForWeight(Eligible eligible) {
    int load = 1;
    int weight = 0;
    for (Connector endpoint : endpoints) {
      if (eligible.in(endpoint.number())) {
        load += endpoint.load();
        weight += endpoint.weight();
      }
    }
    return weight == 0 ? Double.POSITIVE_INFINITY : bound * load / weight;
  }
}
