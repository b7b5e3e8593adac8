package dev.tidegate.market.feed;

import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.market.record.FeedRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where records come from. A shard's records have rising positions; what is at a position never
 * changes while the feed runs. Methods and sinks are called on the instance's event loop.
 */
public interface Feed extends AutoCloseable {
  /**
   * Whether any node reads the same records at the same positions, now and later. Only then can
   * another node continue a numbering.
   */
  boolean shared();

  /**
   * Gives the sink what follows the position, -1 for the start, until {@link #stop}. The feed deals
   * with outages itself and tells the sink of them.
   */
  void start(int shard, long after, Sink sink);

  void stop(int shard);

  /**
   * There is nothing to read until this is said again with null: the sinks are told why, and their
   * positions are kept.
   */
  default void missing(@Nullable String why) {}

  /**
   * Takes what another instance's feed was given for a shard that is read here; false when it is
   * not, or no longer.
   */
  default boolean fed(Fed records) {
    return false;
  }

  @Override
  void close();

  /** A record and its position. */
  record Positioned(long position, FeedRecord record) {}

  /** Who takes the records of one shard. */
  interface Sink {
    /**
     * @param position the last one that was read, which may lie after the last record: what cannot
     *     be read is skipped
     */
    void deliver(List<Positioned> records, long position);

    /**
     * Everything that lay there when the reading began has been delivered; said once after every
     * start.
     */
    void caughtUp();

    /** Whether the source answers, and if not, why. */
    void health(boolean live, String detail);

    /** The asked position is gone for good: the numbering cannot go on. */
    void lost(String why);
  }
}
