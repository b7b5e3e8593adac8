package dev.tidegate.policy;

import dev.tidegate.problem.Problem;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as policies and the gateway's own endpoints see it: the request as it
 * came, what policies have found out about it, and the answer. What a policy must know of the route
 * it gets as {@link PerRoute}. Lives on one event loop.
 */
public interface Exchange {
  // The request as it came.

  HttpMethod method();

  /**
   * The request target in origin form, as the caller wrote it: without the host of an absolute one.
   */
  String target();

  /** The host that the caller asks for, with its port if it gave one. */
  @Nullable String host();

  MultiMap requestHeaders();

  /** A query parameter, or null. */
  @Nullable String query(String name);

  /** Bytes of the body, or -1 when the caller does not say. */
  long contentLength();

  /** What the caller expects before it sends the body, or null. */
  @Nullable String expectation();

  /** Why the head may not be believed, or null when it is sound. */
  Reply.@Nullable Refusal flaw();

  /** The caller's address, behind trusted proxies the one that they saw. */
  String client();

  /** Whether the caller came over TLS: to us, or to the trusted proxy that tells. */
  default boolean secure() {
    return false;
  }

  /** The certificate that the caller has proven in the handshake, or null. */
  default @Nullable ClientCertificate certificate() {
    return null;
  }

  /** Nanoseconds of the loop's clock when the request's head had been read. */
  long started();

  // What policies have found out.

  /** Names the request in answers, logs and towards upstreams. */
  String requestId();

  void requestId(String id);

  /** The path that routes are matched with: without query and dot segments. */
  String path();

  void path(String normal);

  /** The number of the route among its configuration, or -1 when none matched. */
  int route();

  void route(int number);

  /** Who is calling, once a policy has proven it. */
  @Nullable Identity identity();

  void identity(Identity identity);

  /** What it occupies until its answer begins, or null. */
  @Nullable Permit permit();

  void permit(@Nullable Permit permit);

  /** From now on a larger body is refused, at the latest when it has been read so far. */
  void limitBody(long bytes);

  // The answer.

  /** What the answer's head will say or has said. */
  MultiMap responseHeaders();

  /** The status of the answer, 0 while there is none. */
  int status();

  /** Bytes of the answer's body that have been written. */
  long written();

  /** Why the exchange ended otherwise than by an answer of the upstream or of the gateway. */
  @Nullable String cause();

  /** The answer's body leaves as this makes it; said while its head is about to leave. */
  void encodeBody(BodyEncoder encoder);

  /** Answers, unless an answer has begun. */
  void answer(Reply reply);

  default void refuse(Problem problem, String detail) {
    answer(new Reply.Refusal(problem, detail));
  }

  /** The answer is the last one on its connection, as far as the protocol has such a thing. */
  void closeAfter();

  /** Begins an answer of unknown length, for {@link #write} and {@link #finish}. */
  void stream(int status, CharSequence type);

  /** More of an answer that {@link #stream} began. */
  void write(Buffer data);

  /** Whether the caller reads more slowly than the answer is written. */
  boolean full();

  /** Ends an answer that {@link #stream} began. */
  void finish();

  /** Breaks the answer off: the caller may not have the rest. */
  void cutOff(String cause);

  /** Reads the whole body and hands it over; a larger one is refused here. */
  void body(Consumer<Buffer> then);

  /**
   * Something unforeseen keeps it from going on, such as a store that is away: answers 500, or
   * breaks the answer off. A policy that fails lets it go on where its route says so, and must not
   * let it go on once more.
   */
  void fail(Throwable why);

  /** What is done later for the exchange; what it throws ends the exchange, as {@link #fail}. */
  @SuppressWarnings("CatchThrowable") // whatever it is, somebody waits for an answer
  default <T extends @Nullable Object> Handler<T> then(Handler<T> step) {
    return value -> {
      try {
        step.handle(value);
      } catch (Throwable e) {
        fail(e);
      }
    };
  }

  /** Runs when the caller goes away before the answer has ended. */
  void onGone(Runnable action);
}
