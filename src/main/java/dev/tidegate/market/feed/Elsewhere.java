package dev.tidegate.market.feed;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.bus.Markets.FedTaken;
import dev.tidegate.market.feed.SocketReader.Offer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.function.Consumer;

/** Offers what a socket got for a shard that another instance owns. For one event loop. */
public final class Elsewhere {
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final Bus bus;

  public Elsewhere(Bus bus) {
    this.bus = bus;
  }

  void offer(Fed records, Consumer<Offer> outcome) {
    bus.ask(Markets.fed(records.shard()), records, FedTaken.class, ANSWER)
        .onSuccess(taken -> outcome.accept(Offer.TAKEN))
        .onFailure(why -> outcome.accept(isRefusal(why) ? Offer.REFUSED : Offer.UNANSWERED));
  }

  /** Whether it is certain that nobody took it. */
  private static boolean isRefusal(Throwable why) {
    return why instanceof ReplyException reply
        && (reply.failureType() == ReplyFailure.NO_HANDLERS
            || reply.failureType() == ReplyFailure.RECIPIENT_FAILURE);
  }
}
