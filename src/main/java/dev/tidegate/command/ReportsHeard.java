package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog;
import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Up to which moment everything that workers have reported has been applied, by whichever node: who
 * does not listen may not conclude anything from silence. For one event loop.
 */
final class ReportsHeard {
  private static final Duration PERIOD = Duration.ofMillis(500);

  private final CommandLog log;
  private final String topic;
  private final Loop loop;
  private final Latch looking;
  private @Nullable Map<Integer, Long> target;
  private long targetAt;
  private long until;
  private boolean closed;

  ReportsHeard(CommandLog log, String topic, Loop loop) {
    this.log = log;
    this.topic = topic;
    this.loop = loop;
    this.looking = new Latch(loop, "comparing results", this::look);
  }

  void start() {
    looking.ask();
  }

  void close() {
    closed = true;
  }

  /** Milliseconds since the epoch. */
  long until() {
    return until;
  }

  private void look() {
    if (closed) {
      return;
    }
    Map<Integer, Long> ends = target;
    Future<Void> looked = ends == null ? aim() : compare(ends);
    looked.onComplete(done -> loop.after(PERIOD, looking::ask));
  }

  private Future<Void> aim() {
    long asked = loop.millis();
    return log.ends(topic)
        .compose(
            ends -> {
              target = ends;
              targetAt = asked;
              return compare(ends);
            });
  }

  private Future<Void> compare(Map<Integer, Long> ends) {
    return log.finished(Results.GROUP, topic)
        .map(
            finished -> {
              boolean all =
                  ends.entrySet().stream()
                      .allMatch(end -> finished.getOrDefault(end.getKey(), -1L) >= end.getValue());
              if (all) {
                until = targetAt;
                target = null;
              }
              return null;
            });
  }
}
