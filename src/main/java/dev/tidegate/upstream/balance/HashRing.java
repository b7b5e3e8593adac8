package dev.tidegate.upstream.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Points of all endpoints on a circle: a key goes to the endpoint of the next point that may have
 * it (Karger et al. 1997), so that only the keys of an endpoint that goes are moved. Immutable.
 */
final class HashRing {
  private static final int POINTS = 160;
  private static final int MOST_POINTS = 1 << 16;

  private final long[] places;
  private final int[] owners;

  /**
   * A ring of these endpoints.
   *
   * @param names what an endpoint's points follow from, whatever its place in the list
   */
  HashRing(List<String> names, int[] weights) {
    int divisor = Math.max(1, Arrays.stream(weights).reduce(0, HashRing::divisor));
    int sum = Arrays.stream(weights).sum() / divisor;
    int each = Math.clamp(MOST_POINTS / sum, 1, POINTS);
    record Point(long place, int owner) {}
    Point[] points = new Point[sum * each];
    int next = 0;
    for (int owner = 0; owner < weights.length; owner++) {
      for (int i = 0; i < weights[owner] / divisor * each; i++) {
        points[next++] = new Point(HashKey.hash(names.get(owner) + '#' + i), owner);
      }
    }
    Arrays.sort(points, (a, b) -> Long.compare(a.place, b.place));
    places = Arrays.stream(points).mapToLong(Point::place).toArray();
    owners = Arrays.stream(points).mapToInt(Point::owner).toArray();
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }

  /** Where the walk of a key begins. */
  int start(long hash) {
    int found = Arrays.binarySearch(places, hash);
    int at = found >= 0 ? found : -found - 1;
    return at == places.length ? 0 : at;
  }

  int size() {
    return owners.length;
  }

  /** Whose point is so many steps after the start. */
  int owner(int start, int step) {
    int at = start + step;
    return owners[at >= owners.length ? at - owners.length : at];
  }
}
