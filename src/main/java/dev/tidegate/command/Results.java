package dev.tidegate.command;

import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.log.CommandRecords.Report;
import dev.tidegate.command.log.LogRecord;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.Loop;
import dev.tidegate.redis.RedisUnavailable;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what workers report. A batch is finished when the store has all of it, so nothing is lost
 * while the store is away. A record that cannot be used, for whatever reason, stops no other: it is
 * counted, laid aside in the topic of dead letters and skipped. For one event loop.
 */
final class Results {
  static final String GROUP = "tidegate-results";

  private static final Logger log = LoggerFactory.getLogger(Results.class);
  private static final long LOG_EVERY_MILLIS = 60_000;

  private final BiFunction<String, byte[], Future<?>> deadLetters;
  private final CommandState state;
  private final Outcomes outcomes;
  private final Loop loop;
  private final CommandMeters meters;
  private long quietUntil;
  private long lastAge;
  private long appliedAt;

  /**
   * @param deadLetters appends the value of a record that cannot be used, under its key
   */
  Results(
      CommandState state,
      Outcomes outcomes,
      Loop loop,
      CommandMeters meters,
      BiFunction<String, byte[], Future<?>> deadLetters) {
    this.deadLetters = deadLetters;
    this.state = state;
    this.outcomes = outcomes;
    this.loop = loop;
    this.meters = meters;
  }

  Future<Void> apply(List<LogRecord> batch) {
    if (!state.available()) {
      return Future.failedFuture("the state store is away");
    }
    List<Future<Void>> applied = new ArrayList<>(batch.size());
    for (LogRecord entry : batch) {
      applied.add(applyOne(entry));
    }
    return Future.join(applied).mapEmpty();
  }

  /** What the store says is its own condition, and the batch waits; the rest lies in the record. */
  private Future<Void> unusable(LogRecord entry, Throwable e) {
    if (e instanceof RedisUnavailable || !(e instanceof RuntimeException)) {
      return Future.failedFuture(e);
    }
    meters.unreadableResult();
    return layAside(entry, e.toString());
  }

  private Future<Void> layAside(LogRecord entry, String why) {
    complain(entry, why);
    return deadLetters
        .apply(entry.key() == null ? "" : entry.key(), CommandRecords.dead(entry.value(), why))
        .<Void>mapEmpty()
        .otherwiseEmpty(); // it stands where it stood, and the log line says where
  }

  /** Milliseconds between a report and its application, for the latest one. */
  long lastAge() {
    return lastAge;
  }

  long appliedAt() {
    return appliedAt;
  }

  private Future<Void> applyOne(LogRecord entry) {
    Report report;
    try {
      report = CommandRecords.report(entry.value());
    } catch (RuntimeException e) {
      meters.unreadableResult();
      return layAside(entry, String.valueOf(e.getMessage()));
    }
    return Future.succeededFuture(report)
        .compose(told -> apply(entry, told))
        .recover(e -> unusable(entry, e));
  }

  private Future<Void> apply(LogRecord entry, Report report) {
    String source = entry.at().partition() + ":" + entry.at().offset();
    return state
        .transition(report.id(), report.status(), report.result(), source, loop.millis())
        .map(
            change -> {
              appliedAt = loop.millis();
              lastAge = report.time() == 0 ? 0 : Math.max(0, appliedAt - report.time());
              if (!change.known()) {
                meters.unknownResult();
                complain(entry, "no such command");
              }
              outcomes.publish(change);
              return null;
            });
  }

  private void complain(LogRecord entry, String why) {
    long now = loop.millis();
    if (now >= quietUntil) {
      quietUntil = now + LOG_EVERY_MILLIS;
      log.atWarn()
          .addKeyValue("topic", entry.at().topic())
          .addKeyValue("partition", entry.at().partition())
          .addKeyValue("offset", entry.at().offset())
          .addKeyValue("cause", why)
          .log("result skipped");
    }
  }
}
