package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.state.CommandIds;
import dev.tidegate.command.state.CommandState;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Expires accepted commands whose deadline passed without a start, a few shards at a time. It rests
 * while the log is away, because then reports of a start may be on their way. For one event loop.
 */
final class Sweeper {
  private static final long PERIOD_MILLIS = 500;
  private static final int SHARDS_AT_ONCE = 4;
  private static final int LIMIT = 200;

  private final CommandLog log;
  private final CommandState state;
  private final Outcomes outcomes;
  private final Loop loop;
  private final long grace;
  private final long[] waiting = new long[CommandIds.SHARDS];
  private int next = ThreadLocalRandom.current().nextInt(CommandIds.SHARDS);
  private long awayUntil;
  private boolean closed;

  Sweeper(CommandLog log, CommandState state, Outcomes outcomes, Loop loop, CommandConfig config) {
    this.log = log;
    this.state = state;
    this.outcomes = outcomes;
    this.loop = loop;
    this.grace = config.expiryGrace().toMillis();
  }

  void start() {
    loop.after(PERIOD_MILLIS + ThreadLocalRandom.current().nextLong(PERIOD_MILLIS), this::tick);
  }

  void close() {
    closed = true;
  }

  /** Accepted commands that nobody has started, as far as this instance has looked. */
  long waiting() {
    long sum = 0;
    for (long shard : waiting) {
      sum += shard;
    }
    return sum;
  }

  private void tick() {
    if (closed) {
      return;
    }
    sweep();
    loop.after(PERIOD_MILLIS, this::tick);
  }

  void sweep() {
    long now = loop.now();
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
          .sweep(shard, now, LIMIT)
          .onSuccess(
              swept -> {
                waiting[shard] = swept.waiting();
                outcomes.publish(new CommandState.Change(true, swept.transitions()));
              })
          .onFailure(e -> {}); // the store says so itself, and the shard's turn comes again
    }
  }
}
