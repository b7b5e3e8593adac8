package dev.tidegate.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** Chooses the endpoint of a request. Lives on one event loop. */
public final class Balancer {
  private final List<? extends Connector> endpoints;
  private final Balance balance;
  private final RandomGenerator random;
  private int turn;

  public Balancer(List<? extends Connector> endpoints, Balance balance, RandomGenerator random) {
    this.endpoints = endpoints;
    this.balance = balance;
    this.random = random;
    this.turn = random.nextInt(endpoints.size());
  }

  public Connector next() {
    int size = endpoints.size();
    if (size == 1) {
      return endpoints.get(0);
    }
    if (balance == Balance.ROUND_ROBIN) {
      turn = turn + 1 == size ? 0 : turn + 1;
      return endpoints.get(turn);
    }
    int first = random.nextInt(size);
    int second = random.nextInt(size - 1);
    Connector a = endpoints.get(first);
    Connector b = endpoints.get(second >= first ? second + 1 : second);
    return b.load() < a.load() ? b : a;
  }

  /** An endpoint other than the one that has just failed, when there is one. */
  public Connector other(Connector failed) {
    Connector next = next();
    return next != failed || endpoints.size() == 1
        ? next
        : endpoints.get((endpoints.indexOf(failed) + 1) % endpoints.size());
  }
}
