package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.state.CommandIds;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.Loop;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Expires accepted commands whose deadline passed without a start, a few shards at a time. What was
 * due while reports were not yet applied waits until they are, and it rests while the log is away,
 * because then reports of a start may be on their way. For one event loop.
 */
final class Sweeper {
  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final int SHARDS_AT_ONCE = 4;
  private static final int LIMIT = 200;

  private final CommandLog log;
  private final ReportsHeard heard;
  private final CommandState state;
  private final Outcomes outcomes;
  private final Loop loop;
  private final RandomGenerator random;
  private final long grace;
  private final long[] waiting = new long[CommandIds.SHARDS];
  private Loop.Timer turns = () -> {};
  private int next;
  private long awayUntil;

  /**
   * @param random where to begin, and when, so that instances do not do the same at once
   */
  Sweeper(
      CommandLog log,
      ReportsHeard heard,
      CommandState state,
      Outcomes outcomes,
      Loop loop,
      CommandConfig config,
      RandomGenerator random) {
    this.log = log;
    this.heard = heard;
    this.state = state;
    this.outcomes = outcomes;
    this.loop = loop;
    this.random = random;
    this.grace = config.expiryGrace().toMillis();
    this.next = random.nextInt(CommandIds.SHARDS);
  }

  void start() {
    Duration first = Duration.ofMillis(random.nextLong(PERIOD.toMillis()));
    heard.start();
    turns = loop.after(first, () -> turns = loop.every(PERIOD, this::sweep));
  }

  void close() {
    turns.cancel();
    heard.close();
  }

  /** Accepted commands that nobody has started, as far as this instance has looked. */
  long waiting() {
    long sum = 0;
    for (long shard : waiting) {
      sum += shard;
    }
    return sum;
  }

  void sweep() {
    long now = loop.millis();
    if (!log.available()) {
      awayUntil = now + grace;
    }
    if (now < awayUntil || !state.available()) {
      return;
    }
    for (int i = 0; i < SHARDS_AT_ONCE; i++) {
      int shard = next;
      next = (next + 1) % CommandIds.SHARDS;
      state
          .sweep(shard, Math.min(now, heard.until()), LIMIT)
          .onSuccess(
              swept -> {
                waiting[shard] = swept.waiting();
                outcomes.publish(new CommandState.Effect(true, swept.transitions()));
              })
          .onFailure(e -> {}); // the store says so itself, and the shard's turn comes again
    }
  }
}
