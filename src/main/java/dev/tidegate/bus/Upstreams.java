package dev.tidegate.bus;

import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conversation between INGRESS and UPSTREAM. On one event loop an exchange is passed live, by
 * reference, and streams both ways; to any other event loop or node it travels whole, with bounded
 * bodies.
 */
public final class Upstreams {
  private Upstreams() {}

  /** The largest body that travels whole, in either direction. */
  public static final int MAX_BODY = 10 * 1024 * 1024;

  /** A request header, or a response header. */
  public record Header(String name, String value) {}

  /**
   * One exchange in progress, owned by INGRESS; every method is called on the event loop that both
   * share.
   */
  public interface Call {
    String upstream();

    HttpMethod method();

    String uri();

    /** The host that the caller has named, if it has. */
    @Nullable String host();

    /** The address of the client, as far as trusted proxies tell it. */
    String client();

    /** A header that the caller has sent: the first of that name. */
    @Nullable String header(String name);

    /** The route that led here, for people. */
    String route();

    /** For people. */
    String requestId();

    /** How long it may take. */
    Times times();

    /** How long the caller waits for the answer to begin, or {@link Long#MAX_VALUE}. */
    long leftMillis();

    /** When it may be sent to two endpoints at once; null for never. */
    @Nullable Hedge hedge();

    /** Writes the headers that the upstream should see. */
    void requestHead(MultiMap to);

    /** The paused body, or null when the request has none. */
    @Nullable ReadStream<Buffer> requestBody();

    /** What followed the body and may pass, once the body has ended; or null. */
    @Nullable MultiMap requestTrailers();

    /** The upstream is ready for the body. */
    void bodyWanted();

    /** Whether the caller can be told of trailers. */
    boolean takesTrailers();

    /** Whether the caller asks to go on as a WebSocket. */
    boolean switching();

    /**
     * The upstream has agreed to (101): what its paused socket brings is INGRESS's to move, and its
     * end to tell by {@code over}.
     */
    void switched(MultiMap headers, NetSocket socket, Runnable over);

    /** An interim answer (1xx), of which there may be any number before the answer. */
    void responseInterim(int status, MultiMap headers);

    /** The answer begins. False when the caller is gone: the upstream may stop. */
    boolean responseHead(int status, MultiMap headers);

    void responseData(Buffer data);

    /** Nothing follows at once: what there is so far should leave. */
    void responseFlush();

    boolean responseFull();

    /** Called once when the caller has caught up. */
    void onDrain(Runnable resume);

    /** The answer ends, with its last bytes if there are any. */
    void responseEnd(@Nullable Buffer last, @Nullable MultiMap trailers);

    /** The exchange failed; after the head only the connection can say so. */
    void failed(Failed failure);

    /**
     * The upstream is not asked, since it has failed too often.
     *
     * @param retryAfter seconds until it may be
     * @param fallback what the upstream has for this; a route's own comes first
     */
    void circuitOpen(String detail, long retryAfter, @Nullable Fallback fallback);

    /** What INGRESS runs when the caller goes away before the end. */
    void onGone(Runnable cancel);
  }

  /**
   * How long an exchange may take, in milliseconds; 0 leaves it to the upstream.
   *
   * @param answerMillis until the answer begins, from when the request has been sent
   * @param connectMillis until there is a connection for it
   * @param idleMillis for how long nothing may move once the answer has begun
   * @param stream whether it is meant to be open for long, with silences
   */
  public record Times(long answerMillis, long connectMillis, long idleMillis, boolean stream) {}

  /**
   * When a read is sent to a second endpoint as well, since the first has not answered.
   *
   * @param afterMillis so long after it was sent; 0 when the percentile tells
   * @param percentile longer than so many of a hundred of the last answers of the route took
   */
  public record Hedge(long afterMillis, int percentile) {}

  /** A request that travels whole. */
  public record Forward(
      String upstream,
      String method,
      String uri,
      List<Header> headers,
      byte[] body,
      long timeoutMillis) {}

  /** What became of it. */
  public sealed interface Forwarded permits Answered, Failed {}

  /** The upstream's answer, whatever its status. */
  public record Answered(int status, List<Header> headers, byte[] body) implements Forwarded {}

  /** There is no answer. */
  public record Failed(Problem problem, Outcome outcome, String detail) implements Forwarded {}

  /** Asks any UPSTREAM of the cluster. */
  public static final Address<Forward> FORWARD = new Address<>("upstream.exchange", Forward.class);

  /** Hands live calls to the UPSTREAM of the calling event loop; fails when it has none. */
  public static MessageProducer<Call> here(EventBus events) {
    return events.sender(
        exchange(Thread.currentThread().threadId()).name(),
        new DeliveryOptions().setCodecName(Call.class.getName()).setLocalOnly(true));
  }

  /** The UPSTREAM of one event loop of this JVM, named by its thread. */
  public static Address<Call> exchange(long loop) {
    return new Address<>("upstream.exchange." + loop, Call.class);
  }
}
