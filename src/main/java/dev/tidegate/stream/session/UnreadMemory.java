package dev.tidegate.stream.session;

import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * One instance's part of the node's {@link UnreadBudget}: measures what its sessions have not read,
 * a few times a second and whenever there might be too much, and then has those closed that left
 * the most. For one event loop.
 */
public final class UnreadMemory implements AutoCloseable {
  private static final int STEPS = 256;

  private final UnreadBudget node;
  private final LongSupplier measure;
  private final LongUnaryOperator free;

  /** What the node was told, and what was written since. */
  private long told;

  private long grown;

  /**
   * @param measure the bytes that the instance's sessions have not read, those of a frame that many
   *     hold once
   * @param free closes sessions, the largest first, until so many bytes are free, and says how many
   */
  public UnreadMemory(UnreadBudget node, LongSupplier measure, LongUnaryOperator free) {
    this.node = node;
    this.measure = measure;
    this.free = free;
    node.joined(1);
  }

  /** Before so much is written. */
  void writes(int size) {
    if (node.total() + grown + size > node.bound()) {
      look();
    }
    grown += size;
    if (grown > node.bound() / STEPS) { // the others are to know of it
      tell(told + grown);
      grown = 0;
    }
  }

  /** Measures; so that it is not done with every write, some room is made as well. */
  public void look() {
    tell(measure.getAsLong());
    grown = 0;
    long room = node.bound() / 8;
    if (node.total() > node.bound() - room / 2 && told > node.share() - room) {
      long excess = Math.min(node.total() - node.bound(), told - node.share()) + room;
      int closed = (int) free.applyAsLong(Math.max(excess, 1));
      node.closed(closed);
      tell(measure.getAsLong());
    }
  }

  private void tell(long now) {
    node.add(now - told);
    told = now;
  }

  @Override
  public void close() {
    tell(0);
    node.joined(-1);
  }
}
