package dev.tidegate.rest;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.HttpHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller learns when another role does not answer. */
final class Failures {
  static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** Nobody there: nothing was sent. No answer: nobody knows. Anything else is a fault of ours. */
  static void refuse(Exchange exchange, String what, Throwable cause) {
    if (cause instanceof ReplyException failure) {
      switch (failure.failureType()) {
        case NO_HANDLERS -> unavailable(exchange, what + " is not running", Outcome.NEVER_SENT);
        case TIMEOUT -> unavailable(exchange, what + " did not answer in time", Outcome.UNKNOWN);
        default -> unavailable(exchange, what + " could not answer", Outcome.UNKNOWN);
      }
    } else {
      LOG.atError().addKeyValue("request", exchange.requestId()).setCause(cause).log("no answer");
      exchange.answer(
          new Reply.Refusal(Problem.INTERNAL, "the answer could not be made", Outcome.UNKNOWN));
    }
  }

  /** It may be there in a moment. */
  static void unavailable(Exchange exchange, String detail, Outcome outcome) {
    exchange.responseHeaders().set(RETRY_AFTER, "1");
    exchange.answer(new Reply.Refusal(Problem.UNAVAILABLE, detail, outcome));
  }
}
