package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks everybody who can show something and gathers the parts until nobody has spoken for a while.
 * How many will answer is not known, so silence is the only end. Belongs to one event loop.
 */
final class Gather {
  /** Runs tasks later on the event loop of the caller. */
  interface Timers {
    /** Returns what cancels the task. */
    Runnable after(long millis, Runnable task);
  }

  /** The parts; {@code complete} is false when bounds cut some off. */
  record Parts(List<Shown> parts, boolean complete) {}

  private static final long FIRST_MILLIS = 300;
  private static final long QUIET_MILLIS = 100;
  private static final long MOST_MILLIS = 1000;
  private static final int MOST_PARTS = 512;
  private static final int MOST_CHARS = 8 << 20;

  private final Bus bus;
  private final Timers timers;

  Gather(Bus bus, Timers timers) {
    this.bus = bus;
    this.timers = timers;
  }

  /** In the cluster, or with {@code here} on this node only. */
  Future<Parts> ask(String kind, @Nullable String id, int limit, boolean here) {
    String replyTo = "operations.shown." + UUID.randomUUID();
    Round round = new Round();
    MessageConsumer<Shown> consumer =
        here
            ? bus.hearHere(Operations.shown(replyTo), round::part)
            : bus.hear(Operations.shown(replyTo), round::part);
    return consumer
        .completion()
        .compose(
            registered -> {
              Show show = new Show(kind, id, limit, replyTo);
              if (here) {
                bus.publishHere(Operations.show(kind), show);
              } else {
                bus.publish(Operations.show(kind), show);
              }
              return round.begin();
            })
        .eventually(consumer::unregister);
  }

  private final class Round {
    private final Promise<Parts> done = Promise.promise();
    private final List<Shown> parts = new ArrayList<>();
    private int chars;
    private boolean complete = true;
    private Runnable cancelMost = () -> {};
    private Runnable cancelQuiet = () -> {};

    Future<Parts> begin() {
      cancelMost = timers.after(MOST_MILLIS, this::end);
      quietAfter(FIRST_MILLIS);
      return done.future();
    }

    void part(Shown part) {
      if (parts.size() >= MOST_PARTS || chars + part.json().length() > MOST_CHARS) {
        complete = false;
        return;
      }
      chars += part.json().length();
      parts.add(part);
      quietAfter(QUIET_MILLIS);
    }

    private void quietAfter(long millis) {
      cancelQuiet.run();
      cancelQuiet = timers.after(millis, this::end);
    }

    private void end() {
      cancelMost.run();
      cancelQuiet.run();
      done.tryComplete(new Parts(List.copyOf(parts), complete));
    }
  }
}
