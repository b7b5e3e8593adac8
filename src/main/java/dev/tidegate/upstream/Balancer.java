package dev.tidegate.upstream;

import java.util.List;
import java.util.random.RandomGenerator;

/** Chooses the endpoint of a request. Lives on one event loop. */
final class Balancer {
  private final List<Pool> pools;
  private final UpstreamConfig.Balance balance;
  private final RandomGenerator random;
  private int turn;

  Balancer(List<Pool> pools, UpstreamConfig.Balance balance, RandomGenerator random) {
    this.pools = pools;
    this.balance = balance;
    this.random = random;
    this.turn = random.nextInt(pools.size());
  }

  Pool next() {
    int size = pools.size();
    if (size == 1) {
      return pools.get(0);
    }
    if (balance == UpstreamConfig.Balance.ROUND_ROBIN) {
      turn = turn + 1 == size ? 0 : turn + 1;
      return pools.get(turn);
    }
    int first = random.nextInt(size);
    int second = random.nextInt(size - 1);
    Pool a = pools.get(first);
    Pool b = pools.get(second >= first ? second + 1 : second);
    return load(b) < load(a) ? b : a;
  }

  /** An endpoint other than the one that has just failed, when there is one. */
  Pool other(Pool failed) {
    Pool next = next();
    return next != failed || pools.size() == 1
        ? next
        : pools.get((pools.indexOf(failed) + 1) % pools.size());
  }

  private static int load(Pool pool) {
    return pool.inFlight() + pool.pending();
  }
}
