package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands that the log holds and the store has not been told of, told in order once it is back.
 * Bounded: what does not fit is recorded by its first result. For one event loop.
 */
final class Unrecorded {
  private static final Logger log = LoggerFactory.getLogger(Unrecorded.class);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final CommandState state;
  private final Outcomes outcomes;
  private final Loop loop;
  private final int limit;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private final Latch telling;

  Unrecorded(CommandState state, Outcomes outcomes, Loop loop, int limit) {
    this.state = state;
    this.outcomes = outcomes;
    this.loop = loop;
    this.limit = limit;
    this.telling = new Latch(loop, "recording accepted commands", this::tell);
  }

  void add(Draft draft, Position at) {
    if (items.size() >= limit) {
      log.atWarn().addKeyValue("id", draft.id()).log("left to its first result");
      return;
    }
    items.addLast(new Item(draft, at));
    if (items.size() == 1) {
      loop.after(PAUSE, telling::ask);
    }
  }

  int size() {
    return items.size();
  }

  /** There is a turn to come as long as there are items. */
  private void tell() {
    Item first = items.getFirst();
    Future<CommandState.Effect> told =
        state.available()
            ? state.accepted(first.draft, first.at, loop.millis())
            : Future.failedFuture("the state store is away");
    told.map(
            change -> {
              outcomes.publish(change);
              return first;
            })
        .onComplete(
            done -> {
              items.removeFirst();
              if (!items.isEmpty()) {
                telling.ask();
              }
            },
            e -> loop.after(PAUSE, telling::ask));
  }

  private record Item(Draft draft, Position at) {}
}
