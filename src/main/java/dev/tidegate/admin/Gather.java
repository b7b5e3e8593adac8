package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks everybody who can show something and gathers the parts until nobody has spoken for a while.
 * How many will answer is not known, so silence is the only end. Belongs to one event loop.
 */
final class Gather {
  /** What was gathered; {@code complete} is false when bounds cut some off. */
  record Gathered(List<Shown> parts, boolean complete) {}

  private static final Duration FIRST = Duration.ofMillis(300);
  private static final Duration QUIET = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofSeconds(1);
  private static final int MOST_PARTS = 512;
  private static final int MOST_CHARS = 8 << 20;

  private final Bus bus;
  private final Loop loop;
  private final Supplier<String> ids;

  Gather(Bus bus, Loop loop, Supplier<String> ids) {
    this.bus = bus;
    this.loop = loop;
    this.ids = ids;
  }

  /** In the cluster, or with {@code here} on this node only. */
  Future<Gathered> ask(String kind, @Nullable String id, int limit, boolean here) {
    String replyTo = "operations.shown." + ids.get();
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
    private final Promise<Gathered> done = Promise.promise();
    private final List<Shown> parts = new ArrayList<>();
    private int chars;
    private boolean complete = true;
    private Loop.Timer most = () -> {};
    private Loop.Timer quiet = () -> {};

    Future<Gathered> begin() {
      most = loop.after(MOST, this::end);
      quietAfter(FIRST);
      return done.future();
    }

    void part(Shown part) {
      if (parts.size() >= MOST_PARTS || chars + part.json().length() > MOST_CHARS) {
        complete = false;
        return;
      }
      chars += part.json().length();
      parts.add(part);
      quietAfter(QUIET);
    }

    private void quietAfter(Duration pause) {
      quiet.cancel();
      quiet = loop.after(pause, this::end);
    }

    private void end() {
      most.cancel();
      quiet.cancel();
      done.tryComplete(new Gathered(List.copyOf(parts), complete));
    }
  }
}
