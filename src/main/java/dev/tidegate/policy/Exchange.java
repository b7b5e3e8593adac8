package dev.tidegate.policy;

import dev.tidegate.problem.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as policies and the gateway's own endpoints see it. Lives on one
 * event loop.
 */
public interface Exchange {
  HttpServerRequest request();

  HttpServerResponse response();

  MultiMap requestHeaders();

  MultiMap responseHeaders();

  /** The path that routes are matched with: without query and dot segments. */
  String path();

  /** A query parameter, or null. */
  @Nullable String query(String name);

  String requestId();

  void requestId(String id);

  /** The number of the route among its configuration, or -1 when none matched. */
  int route();

  String routeId();

  /** The upstream that the route names, or null. */
  @Nullable String upstream();

  AuthDemand auth();

  /** The name of the route's rate limit, or null for the default one. */
  @Nullable String rateLimit();

  /** The caller's address, behind trusted proxies the one that they saw. */
  String client();

  /** Who is calling, once a policy has proven it. */
  @Nullable Identity identity();

  void identity(Identity identity);

  /** The status of the answer, 0 while there is none. */
  int status();

  /** Nanoseconds of the loop's clock when the request's head had been read. */
  long started();

  /** Why the exchange ended otherwise than by an answer of the upstream or of the gateway. */
  @Nullable String cause();

  /** Answers, unless an answer has begun. */
  void answer(Reply reply);

  default void refuse(Problem problem, String detail) {
    answer(new Reply.Refusal(problem, detail));
  }

  /** Begins an answer of unknown length, which the caller writes to {@link #response()}. */
  void stream(int status, CharSequence type);

  /** Ends an answer that {@link #stream} began. */
  void finish();

  /** Reads the whole body and hands it over; a larger one is refused here. */
  void body(Consumer<Buffer> then);

  /** Runs when the caller goes away before the answer has ended. */
  void onGone(Runnable action);
}
