package dev.tidegate.rest;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpHeaders;

/** What a caller learns when another role does not answer. */
final class Failures {
  static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");

  private Failures() {}

  /** Nobody there: nothing was sent. No answer: nobody knows. */
  static void unavailable(Exchange exchange, String what, Throwable cause) {
    boolean nobody =
        cause instanceof ReplyException refusal
            && refusal.failureType() == ReplyFailure.NO_HANDLERS;
    exchange.responseHeaders().set(RETRY_AFTER, "1");
    exchange.answer(
        new Reply.Refusal(
            Problem.UNAVAILABLE,
            what + (nobody ? " is not running" : " did not answer in time"),
            nobody ? Outcome.NEVER_SENT : Outcome.UNKNOWN));
  }
}
