package dev.tidegate.command;

import dev.tidegate.bus.Address;
import dev.tidegate.bus.Bus;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One kind of question that an instance answers: to its own node always, to other nodes only while
 * it is able to. While it is not, it asks the others in its place; when there are none either, its
 * own answer says what is missing. A node whose store or log is away thereby spoils nothing for the
 * rest of the cluster, and its own callers are served by it. For one event loop.
 */
final class Answering<Q, A> {
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private final Bus bus;
  private final Address<Q> at;
  private final Class<A> type;
  private final BooleanSupplier able;
  private final Function<Q, Future<A>> own;
  private final MessageConsumer<Q> here;
  private @Nullable MessageConsumer<Q> everywhere;
  private boolean closed;

  Answering(
      Bus bus, Address<Q> at, Class<A> type, BooleanSupplier able, Function<Q, Future<A>> own) {
    this.bus = bus;
    this.at = at;
    this.type = type;
    this.able = able;
    this.own = own;
    this.here = bus.answerHere(at.here(), type, this::answer);
    look();
  }

  /** Steps off the address of the cluster, or onto it again; to be called now and then. */
  void look() {
    boolean wanted = !closed && able.getAsBoolean();
    MessageConsumer<Q> present = everywhere;
    if (wanted && present == null) {
      everywhere = bus.answer(at, type, own);
    } else if (!wanted && present != null) {
      everywhere = null;
      present.unregister();
    }
  }

  private Future<A> answer(Q question) {
    if (able.getAsBoolean()) {
      return own.apply(question);
    }
    look();
    return bus.ask(at, question, type, PATIENCE)
        .recover(e -> Bus.nobody(e) ? own.apply(question) : Future.failedFuture(e));
  }

  /** Answers nobody any more. */
  Future<Void> close() {
    closed = true;
    MessageConsumer<Q> present = everywhere;
    everywhere = null;
    Future<Void> left = present == null ? Future.succeededFuture() : present.unregister();
    return Future.join(here.unregister(), left).mapEmpty();
  }
}
