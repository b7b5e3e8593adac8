package dev.tidegate.stream.session;

import java.util.ArrayDeque;

/** Of what was written to one client, the frames that many hold: their memory is there once. */
final class Shares {
  private final ArrayDeque<Share> shares = new ArrayDeque<>(2);

  /**
   * @param end how many bytes have been written with it
   */
  private record Share(long end, int size) {}

  void add(long end, int size) {
    shares.add(new Share(end, size));
  }

  /** Bytes of them that have not left. */
  long pending(long left) {
    while (!shares.isEmpty() && shares.getFirst().end() <= left) {
      shares.remove();
    }
    long pending = 0;
    for (Share share : shares) {
      pending += Math.min(share.size(), share.end() - left);
    }
    return pending;
  }
}
