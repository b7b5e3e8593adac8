package dev.tidegate.command.log;

import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The durable, ordered record of commands and their results. Records of one key keep their order.
 * Futures complete on the loop of the caller.
 */
public interface CommandLog {
  /** Where a record lies. */
  record Position(String topic, int partition, long offset) {}

  /** A running consumer. */
  interface Subscription {
    Future<Void> close();
  }

  /**
   * Appends; succeeds when the record is durable, fails with {@link LogUnavailable} at once when
   * the log is known to be down, and with {@link RecordTooLarge} when it will never take it.
   */
  Future<Position> append(String topic, String key, byte[] value);

  /**
   * Hands the topic's records to the handler, from the oldest that the group has not finished.
   * Members of a group share the partitions. A batch is finished when the returned future succeeds;
   * when it fails the same batch comes again after a pause. A member whose handler fails for some
   * seconds leaves its partitions to the others, and comes back when the handler takes an empty
   * batch. Delivery is at least once.
   */
  Subscription consume(
      String group, String topic, Loop loop, Function<List<LogRecord>, Future<Void>> handler);

  /**
   * Shows every record of the topic from the oldest on, to everybody who follows. Succeeds when all
   * that was there at the call has been shown, and goes on.
   */
  Future<Subscription> follow(String topic, Loop loop, Consumer<LogRecord> handler);

  /** The offsets after the last records, of the partitions that hold any. */
  Future<Map<Integer, Long>> ends(String topic);

  /** Up to where the group has finished; partitions that it has never finished are missing. */
  Future<Map<Integer, Long>> finished(String group, String topic);

  /** Whether an append has a chance now. */
  boolean available();

  /** For people: {@code up}, {@code trial} or {@code down}, or {@code embedded}. */
  String condition();

  Future<Void> close();
}
