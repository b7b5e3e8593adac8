package dev.tidegate.upstream.balance;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the endpoint of a request among those that are in, each as often as its weight says; when
 * none is in, among all: better a try than none. Lives on one event loop.
 */
public final class Balancer {
  private final List<? extends Connector> endpoints;
  private final Balance balance;
  private final Eligible eligible;
  private final RandomGenerator random;
  private final @Nullable KeyedChoice keyed;
  private final @Nullable PeakEwma ewma;

  /** Each endpoint that is in as often as its weight, evenly mixed. */
  private int[] turns = {};

  private int version;
  private int turn;

  public Balancer(
      List<? extends Connector> endpoints,
      Balance balance,
      Eligible eligible,
      RandomGenerator random) {
    this(endpoints, balance, eligible, random, null, null);
  }

  /**
   * A balancer of any kind.
   *
   * @param keyed finds the endpoint of a key, for a consistent hash
   * @param ewma how long endpoints take, for a peak EWMA
   */
  public Balancer(
      List<? extends Connector> endpoints,
      Balance balance,
      Eligible eligible,
      RandomGenerator random,
      @Nullable KeyedChoice keyed,
      @Nullable PeakEwma ewma) {
    this.endpoints = List.copyOf(endpoints);
    this.balance = balance;
    this.eligible = eligible;
    this.random = random;
    this.keyed = keyed;
    this.ewma = ewma;
    draw(eligible.version());
    this.turn = random.nextInt(turns.length);
  }

  /**
   * The endpoint of the next request.
   *
   * @param hash of its key; only a consistent hash looks at it
   */
  public Connector next(long hash) {
    if (endpoints.size() == 1) {
      return endpoints.get(0);
    }
    int now = eligible.version();
    if (now != version) {
      draw(now);
    }
    if (keyed != null) {
      return keyed.next(hash, eligible, null);
    }
    if (balance == Balance.LEAST_REQUESTS || balance == Balance.PEAK_EWMA) {
      return lighter();
    }
    turn = turn + 1 >= turns.length ? 0 : turn + 1;
    return endpoints.get(turns[turn]);
  }

  /** Of two drawn by weight, the one with less to do for its weight. */
  private Connector lighter() {
    int size = turns.length;
    if (size == 1) {
      return endpoints.get(turns[0]);
    }
    int first = random.nextInt(size);
    int second = (first + 1 + random.nextInt(size - 1)) % size;
    Connector a = endpoints.get(turns[first]);
    Connector b = endpoints.get(turns[second]);
    for (int i = 1; a == b && i < size; i++) {
      b = endpoints.get(turns[(second + i) % size]);
    }
    return lighter(b, a) ? b : a;
  }

  private boolean lighter(Connector one, Connector other) {
    if (ewma != null) {
      return ewma.cost(one) < ewma.cost(other);
    }
    return (long) (one.load() + 1) * other.weight() < (long) (other.load() + 1) * one.weight();
  }

  /** An endpoint other than the one that has just failed, when there is one. */
  public Connector other(Connector failed, long hash) {
    if (keyed != null) {
      return keyed.next(hash, eligible, failed);
    }
    for (int i = 0; i < turns.length; i++) {
      Connector next = next(hash);
      if (next != failed) {
        return next;
      }
    }
    for (int i = 1; i < endpoints.size(); i++) {
      Connector next = endpoints.get((endpoints.indexOf(failed) + i) % endpoints.size());
      if (next != failed) {
        return next;
      }
    }
    return failed;
  }

  private void draw(int now) {
    version = now;
    int[] weights = new int[endpoints.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = eligible.in(i) ? endpoints.get(i).weight() : 0;
    }
    if (Arrays.stream(weights).sum() == 0) {
      Arrays.setAll(weights, i -> endpoints.get(i).weight());
    }
    turns = mixed(weights);
  }

  /** As nginx mixes them: whoever has waited for longest for its weight is next. */
  private static int[] mixed(int[] weights) {
    int divisor = Arrays.stream(weights).reduce(0, Balancer::divisor);
    int sum = Arrays.stream(weights).sum();
    int[] waited = new int[weights.length];
    int[] mixed = new int[sum / divisor];
    for (int turn = 0; turn < mixed.length; turn++) {
      int next = 0;
      for (int i = 0; i < weights.length; i++) {
        waited[i] += weights[i];
        next = waited[i] > waited[next] ? i : next;
      }
      waited[next] -= sum;
      mixed[turn] = next;
    }
    return mixed;
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }
}
