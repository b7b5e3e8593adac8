package dev.tidegate.bus;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.function.Function;

/**
 * The event bus as capabilities see it: typed addresses, no strings, no JSON. Safe to share;
 * handlers run on the context that registered them.
 */
public final class Bus {
  private static final int REFUSED = 1;
  private static final int BROKEN = 2;

  private final EventBus events;

  public Bus(EventBus events) {
    this.events = events;
  }

  /** To every consumer in the cluster. */
  public <T> void publish(Address<T> to, T message) {
    events.publish(to.name(), message, options(to.type(), false));
  }

  /** To every consumer in this JVM, by reference. */
  public <T> void publishHere(Address<T> to, T message) {
    events.publish(to.name(), message, options(to.type(), true));
  }

  /** To one consumer in the cluster; nobody learns whether it arrived. */
  public <T> void send(Address<T> to, T message) {
    events.send(to.name(), message, options(to.type(), false));
  }

  /** Asks one consumer in the cluster. */
  public <Q, A> Future<A> ask(Address<Q> to, Q question, Class<A> answer, Duration timeout) {
    return events
        .request(to.name(), question, options(to.type(), false).setSendTimeout(timeout.toMillis()))
        .map(reply -> answer.cast(reply.body()));
  }

  /** Asks one consumer in this JVM; fails at once with NO_HANDLERS when there is none. */
  public <Q, A> Future<A> askHere(Address<Q> to, Q question, Class<A> answer, Duration timeout) {
    return events
        .request(to.name(), question, options(to.type(), true).setSendTimeout(timeout.toMillis()))
        .map(reply -> answer.cast(reply.body()));
  }

  /**
   * Asks one consumer in this JVM that answers for {@link Address#here}, and when there is none one
   * in the cluster: what this node can do needs no other.
   */
  public <Q, A> Future<A> askNear(Address<Q> to, Q question, Class<A> answer, Duration timeout) {
    return askHere(to.here(), question, answer, timeout)
        .recover(e -> nobody(e) ? ask(to, question, answer, timeout) : Future.failedFuture(e));
  }

  /** Whether a question failed because nobody answers at its address. */
  public static boolean nobody(Throwable failure) {
    return failure instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.NO_HANDLERS;
  }

  /** Hears what is published or sent to the address from anywhere in the cluster. */
  public <T> MessageConsumer<T> hear(Address<T> at, Handler<T> handler) {
    return events.consumer(at.name(), message -> handler.handle(message.body()));
  }

  /** Hears what is published or sent to the address inside this JVM only. */
  public <T> MessageConsumer<T> hearHere(Address<T> at, Handler<T> handler) {
    return events.localConsumer(at.name(), message -> handler.handle(message.body()));
  }

  /**
   * Answers questions from anywhere in the cluster; a failed future reaches the asker as its
   * failure.
   */
  public <Q, A> MessageConsumer<Q> answer(
      Address<Q> at, Class<A> type, Function<Q, Future<A>> answerer) {
    return events.consumer(at.name(), message -> reply(message, type, answerer));
  }

  /** Answers questions from this JVM only. */
  public <Q, A> MessageConsumer<Q> answerHere(
      Address<Q> at, Class<A> type, Function<Q, Future<A>> answerer) {
    return events.localConsumer(at.name(), message -> reply(message, type, answerer));
  }

  private static <Q, A> void reply(
      Message<Q> message, Class<A> type, Function<Q, Future<A>> answerer) {
    Future<A> answer;
    try {
      answer = answerer.apply(message.body());
    } catch (RuntimeException e) {
      message.fail(BROKEN, "whoever was asked failed");
      throw e;
    }
    answer
        .onSuccess(a -> message.reply(a, options(type, false)))
        .onFailure(e -> message.fail(REFUSED, String.valueOf(e.getMessage())));
  }

  private static DeliveryOptions options(Class<?> type, boolean localOnly) {
    return new DeliveryOptions().setCodecName(type.getName()).setLocalOnly(localOnly);
  }
}
