package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.command.state.StateUnavailable;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands that the log holds and the store has not been told of, told in order once it is back.
 * Bounded: what does not fit is recorded by its first result. For one event loop.
 */
final class Unrecorded {
  private static final Logger log = LoggerFactory.getLogger(Unrecorded.class);
  private static final long PAUSE_MILLIS = 200;

  private final CommandState state;
  private final Outcomes outcomes;
  private final Loop loop;
  private final int limit;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private boolean working;

  Unrecorded(CommandState state, Outcomes outcomes, Loop loop, int limit) {
    this.state = state;
    this.outcomes = outcomes;
    this.loop = loop;
    this.limit = limit;
  }

  void add(Draft draft, Position at) {
    if (items.size() >= limit) {
      log.atWarn().addKeyValue("id", draft.id()).log("left to its first result");
      return;
    }
    items.addLast(new Item(draft, at));
    if (!working) {
      working = true;
      loop.after(PAUSE_MILLIS, this::next);
    }
  }

  int size() {
    return items.size();
  }

  private void next() {
    Item item = items.peekFirst();
    if (item == null) {
      working = false;
      return;
    }
    Future<CommandState.Change> told =
        state.available()
            ? state.accepted(item.draft, item.at, loop.now())
            : Future.failedFuture(new StateUnavailable("down"));
    told.onComplete(
        change -> {
          outcomes.publish(change);
          items.pollFirst();
          next();
        },
        e -> loop.after(PAUSE_MILLIS, this::next));
  }

  private record Item(Draft draft, Position at) {}
}
