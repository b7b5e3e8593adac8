package dev.tidegate.command;

import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.log.CommandRecords.Report;
import dev.tidegate.command.log.LogRecord;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what workers report. A batch is finished when the store has all of it, so nothing is lost
 * while the store is away; a record that cannot be used is counted and skipped. For one event loop.
 */
final class Results {
  static final String GROUP = "tidegate-results";

  private static final Logger log = LoggerFactory.getLogger(Results.class);
  private static final long LOG_EVERY_MILLIS = 60_000;

  private final CommandState state;
  private final Outcomes outcomes;
  private final Loop loop;
  private final CommandMeters meters;
  private long quietUntil;
  private long lastAge;
  private long appliedAt;

  Results(CommandState state, Outcomes outcomes, Loop loop, CommandMeters meters) {
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
      Report report = read(entry);
      if (report != null) {
        applied.add(apply(entry, report));
      }
    }
    return Future.join(applied).mapEmpty();
  }

  /** Milliseconds between a report and its application, for the latest one. */
  long lastAge() {
    return lastAge;
  }

  long appliedAt() {
    return appliedAt;
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

  private @Nullable Report read(LogRecord entry) {
    try {
      return CommandRecords.report(entry.value());
    } catch (IllegalArgumentException e) {
      meters.unreadableResult();
      complain(entry, String.valueOf(e.getMessage()));
      return null;
    }
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
