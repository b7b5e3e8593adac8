package dev.tidegate.stream;

import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.policy.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancel on disconnect: a session arms it, and when the session is gone for its grace period a
 * command cancels the account's orders, unless the consumer has come back and armed it again. The
 * command's idempotency key is the session's, so that it is accepted once.
 */
final class DeadMen {
  private static final Logger log = LoggerFactory.getLogger(DeadMen.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final long RETRY = 1_000_000_000L;
  private static final int TRIES = 60;

  private final Hub hub;
  private final Map<String, Armed> waiting = new HashMap<>();

  /** What is to happen when the session is gone. */
  record Armed(String session, String consumer, String account, int grace) {
    String owner() {
      return consumer + "\n" + account;
    }
  }

  DeadMen(Hub hub) {
    this.hub = hub;
  }

  void arm(Session session, Op.CancelOnDisconnect op) throws Refusal {
    Identity identity = session.identity;
    if (identity == null) {
      throw new Refusal(Refusal.UNAUTHENTICATED, "cancelOnDisconnect: log in first");
    }
    if (hub.config().cancelOnDisconnect() == null) {
      throw new Refusal(Refusal.UNAVAILABLE, "cancelOnDisconnect: not configured here");
    }
    String account = op.account() == null ? identity.account() : op.account();
    if (!account.equals(identity.account())) {
      throw new Refusal(Refusal.NOT_ENTITLED, "account: not yours");
    }
    Armed armed = new Armed(session.id, identity.consumer(), account, op.grace());
    session.armed = op.enabled() ? armed : null;
    waiting.remove(armed.owner());
    session.control(hub.replies().cancelOnDisconnect(op.id(), op.enabled(), op.grace()));
  }

  void ended(Session session) {
    Armed armed = session.armed;
    if (armed != null) {
      waiting.put(armed.owner(), armed);
      hub.loop().schedule(() -> fire(armed, 1), armed.grace() * 1_000_000L);
    }
  }

  private void fire(Armed armed, int attempt) {
    StreamConfig.CancelOnDisconnect rule = hub.config().cancelOnDisconnect();
    if (rule == null || !armed.equals(waiting.get(armed.owner()))) {
      return;
    }
    byte[] body =
        new Text(128)
            .ascii("{\"reason\":\"disconnect\",\"session\":")
            .quoted(armed.session())
            .put('}')
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    Submit submit =
        new Submit(
            armed.consumer(),
            armed.account(),
            rule.route(),
            rule.topic(),
            "orders",
            "DELETE",
            rule.path(),
            "cancel-on-disconnect-" + armed.session(),
            List.of(),
            "application/json",
            body,
            hub.loop().millis() + 60_000);
    hub.bus()
        .ask(Commands.SUBMIT, submit, Receipt.class, ANSWER)
        .onComplete(receipt -> answered(armed, attempt, receipt.result(), receipt.cause()));
  }

  private void answered(Armed armed, int attempt, Receipt receipt, Throwable failure) {
    if (receipt instanceof Commands.Accepted) {
      waiting.remove(armed.owner(), armed);
      log.info(
          "event=cancel-on-disconnect consumer={} session={}", armed.consumer(), armed.session());
    } else if (attempt < TRIES) {
      hub.loop().schedule(() -> fire(armed, attempt + 1), RETRY);
    } else {
      waiting.remove(armed.owner(), armed);
      log.error(
          "event=cancel-on-disconnect-failed consumer={} session={} cause={}",
          armed.consumer(),
          armed.session(),
          failure == null ? receipt : failure.getMessage());
    }
  }
}
