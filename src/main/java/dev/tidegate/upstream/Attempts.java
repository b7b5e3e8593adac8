package dev.tidegate.upstream;

import dev.tidegate.problem.Outcome;
import dev.tidegate.upstream.guard.RetryConfig;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How often an exchange has been tried, and whether it may be tried once more: while no upstream
 * can have acted on it, or acting twice does no harm. Lives on one event loop.
 */
final class Attempts {
  private final Upstream upstream;
  private final RetryConfig config;
  private final boolean idempotent;
  private int made = 1;
  private boolean fresh;
  private boolean acted;

  Attempts(Upstream upstream, HttpMethod method) {
    this.upstream = upstream;
    this.config = upstream.config().retry();
    this.idempotent = idempotent(method);
  }

  private static boolean idempotent(HttpMethod method) {
    return switch (method.name()) {
      case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }

  boolean idempotent() {
    return idempotent;
  }

  /** Whether only a connection will do that has carried nothing yet. */
  boolean fresh() {
    return fresh;
  }

  /** Whether a body should be kept, as far as it can be, beyond what its connection asks for. */
  boolean keepBody() {
    return idempotent && config.attempts() > 1;
  }

  /** Whether an upstream can have acted on it when it fails now, by this attempt or another. */
  Outcome outcome(Outcome ofThisAttempt) {
    return acted ? Outcome.UNKNOWN : ofThisAttempt;
  }

  private boolean harmless(Stage stage, boolean refused, @Nullable BodyPump body) {
    return (stage == Stage.OPENING || (stage == Stage.SENT && (idempotent || refused)))
        && (body == null || body.repeatable());
  }

  /**
   * The kept connection turned out to be dead, or the stream was refused: once for each endpoint it
   * is tried on a new connection, which is no load that the budget would have to bound.
   */
  boolean repeats(Stage stage, boolean refused, @Nullable BodyPump body) {
    if (fresh || !harmless(stage, refused, body)) {
      return false;
    }
    fresh = true;
    acted |= stage == Stage.SENT && !refused;
    return true;
  }

  /** Takes one more attempt, and what it costs. */
  boolean tryRetry(Stage stage, boolean refused, @Nullable BodyPump body) {
    if (made >= config.attempts()
        || !harmless(stage, refused, body)
        || !upstream.guard().tryRetry()) {
      return false;
    }
    made++;
    fresh = false;
    acted |= stage == Stage.SENT && !refused;
    return true;
  }

  /** Whether an attempt that was sent so long ago is given up, if another can be had. */
  boolean slow(long millis) {
    return config.attemptTimeout() != null
        && made < config.attempts()
        && millis > config.attemptTimeout().toMillis();
  }

  /** Before the next attempt: a random part of what doubles each time. */
  long pauseNanos() {
    long most = config.longestBackoff().toNanos();
    long bound = Math.min(most, config.backoff().toNanos() << Math.min(made - 2, 16));
    return upstream.draw(bound);
  }

  /**
   * How long to wait, in nanoseconds, before what was answered is asked for again; -1 when it is
   * passed on.
   */
  long pauseNanos(HttpClientResponse response) {
    if (!config.statuses().contains(response.statusCode())) {
      return -1;
    }
    String after = response.getHeader(HttpHeaders.RETRY_AFTER);
    if (after == null) {
      return 0;
    }
    boolean seconds =
        !after.isEmpty() && after.length() < 6 && after.chars().allMatch(c -> c >= '0' && c <= '9');
    long nanos = seconds ? TimeUnit.SECONDS.toNanos(Integer.parseInt(after)) : Long.MAX_VALUE;
    return nanos <= config.longestBackoff().toNanos() ? nanos : -1;
  }
}
