package dev.tidegate.route;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidegate.bus.Commands.PrivateChannel;
import dev.tidegate.bus.Fallback;
import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.policy.AuthDemand;
import dev.tidegate.policy.OnFailure;
import dev.tidegate.policy.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One rule: which requests it takes and where they go.
 *
 * @param host exact, {@code *.example.com}, or null for any
 * @param path the whole path, with {@code {name}} for a segment that may be anything
 * @param prefix the first segments of the path; exactly one of path and prefix is set
 * @param methods empty for all
 * @param strip the first segments that are taken off the path before it is sent on
 * @param rewrite the segments that are put in front after that
 * @param upstream the name of the upstream; exactly one of the four targets is set
 * @param rateLimit the name of a limit, or null for {@code default} when there is one
 * @param concurrency the names of limits; empty for {@code default} when there is one
 * @param priority of its requests when there is too much to do; null for that of their kind
 * @param timeout until the upstream's answer begins; null leaves it to the upstream
 * @param connectTimeout until there is a connection for it; null leaves it to the upstream
 * @param idle for how long an answer that has begun may be silent; null leaves it to the upstream
 * @param stream its requests are streams, with limits of their own; null: they are not
 * @param maxBody bytes; null for the listener's limit
 * @param websocket absent: none pass to the upstream
 * @param ambiguousPaths what becomes of a path that leads to another route when it is decoded
 * @param fallback what callers get while the upstream's circuit is open; null: the upstream's
 * @param compression which answers are compressed; null: none
 * @param cors which pages of other origins may call it; null: nothing is said of this
 * @param hedge when a GET or HEAD is sent to a second endpoint as well; null: never
 * @param onFailure what becomes of a request when a policy fails
 */
public record RouteConfig(
    String id,
    @Nullable String host,
    @Nullable String path,
    @Nullable String prefix,
    @Default("[]") List<String> methods,
    @Nullable String strip,
    @Nullable String rewrite,
    @Nullable String upstream,
    @Nullable Async async,
    @Nullable Fixed fixed,
    @Nullable Local local,
    @Default("none") AuthDemand auth,
    @Nullable String rateLimit,
    @Default("[]") List<String> concurrency,
    @Nullable Priority priority,
    @Nullable Duration timeout,
    @Nullable Duration connectTimeout,
    @Nullable Duration idle,
    @Nullable Streams stream,
    @Nullable Long maxBody,
    @Nullable WebSockets websocket,
    @Default("refuse") AmbiguousPaths ambiguousPaths,
    @Nullable Fallback fallback,
    @Nullable Hedging hedge,
    @Nullable CorsConfig cors,
    @Nullable CompressionConfig compression,
    @Default("{}") Failures onFailure) {
  private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Set<String> NEVER = Set.of("CONNECT", "TRACE");

  public RouteConfig {
    Check.given("id", id, "a name");
    host = host == null || host.equals("*") ? null : host.toLowerCase(Locale.ROOT);
    Check.that(
        host == null || HOST.matcher(host).matches(), "host", host, "a name or *.name, no port");
    Check.that((path == null) != (prefix == null), "path", path, "either path or prefix");
    Check.that(path == null || PathPattern.valid(path), "path", path, "/segments or {names}");
    Check.that(prefix == null || PathPattern.validPrefix(prefix), "prefix", prefix, "/segments");
    methods = List.copyOf(methods);
    concurrency = List.copyOf(concurrency);
    for (String method : methods) {
      Check.that(
          TOKEN.matcher(method).matches() && !NEVER.contains(method),
          "methods",
          method,
          "HTTP methods, of which CONNECT and TRACE are never taken");
    }
    Check.that(strip == null || PathPattern.validPrefix(strip), "strip", strip, "/segments");
    Check.that(
        strip == null || within(strip, path == null ? prefix : path),
        "strip",
        strip,
        "the first segments of the path or prefix");
    Check.that(
        rewrite == null || PathPattern.validPrefix(rewrite), "rewrite", rewrite, "/segments");
    int targets = count(upstream) + count(async) + count(fixed) + count(local);
    Check.that(targets == 1, "target", targets, "one of upstream, async, fixed, local");
    Check.that(
        async == null || auth != AuthDemand.NONE,
        "auth",
        auth,
        "a demand: async needs an identity");
    Check.that(
        local != Local.REQUESTS || auth != AuthDemand.NONE,
        "auth",
        auth,
        "a demand: records belong to a consumer");
    checkWebSockets(websocket, upstream);
    checkTimes(timeout, connectTimeout, idle, stream);
    checkUpstreams(stream, fallback, hedge, upstream);
    Check.that(maxBody == null || maxBody >= 0, "maxBody", maxBody, "0 or more bytes");
    checkFailures(onFailure, auth);
  }

  private static boolean within(String strip, @Nullable String of) {
    String segments = strip.endsWith("/") ? strip : strip + "/";
    return of != null && (of + "/").startsWith(segments);
  }

  /** What tells its paths from those of others; two routes of one shape take the same ones. */
  public String shape() {
    String key = Route.key(String.valueOf(prefix == null ? path : prefix));
    boolean open = key.length() > 1 && key.endsWith("/") && prefix != null;
    return (prefix == null ? "path " : "prefix ")
        + (open ? key.substring(0, key.length() - 1) : key).replaceAll("\\{[^}]*}", "{}");
  }

  /**
   * Lets WebSockets through to the upstream.
   *
   * @param idle for how long nothing may come from either side
   * @param lifetime after which it is closed, whatever it does
   * @param maxConnections of the route on one node at once
   * @param maxPerConsumer of those, by one consumer, or by one address when nobody is known
   */
  public record WebSockets(
      @Default("60s") Duration idle,
      @Default("24h") Duration lifetime,
      @Default("1000") int maxConnections,
      @Default("100") int maxPerConsumer) {
    public WebSockets {
      Check.positive("idle", idle);
      Check.positive("lifetime", lifetime);
      Check.atLeast("maxConnections", maxConnections, 1);
      Check.atLeast("maxPerConsumer", maxPerConsumer, 1);
    }
  }

  /**
   * What becomes of a request when a policy fails to judge it; all others are ever closed.
   *
   * @param auth open: as if no credentials had come, where none are demanded
   * @param rateLimit open: as if no limit held for it
   * @param overload open: as if no concurrency limit held for it
   */
  public record Failures(
      @Default("closed") OnFailure auth,
      @Default("open") OnFailure rateLimit,
      @Default("open") OnFailure overload) {}

  /**
   * Lets requests and answers be open for long, with silences, as those of SSE and gRPC streams.
   *
   * @param idle for how long nothing may come from either side
   * @param lifetime after which one is ended, whatever it does
   * @param maxStreams of the route on one node at once
   * @param maxPerConsumer of those, by one consumer, or by one address when nobody is known
   */
  public record Streams(
      @Default("5m") Duration idle,
      @Default("24h") Duration lifetime,
      @Default("1000") int maxStreams,
      @Default("100") int maxPerConsumer) {
    public Streams {
      Check.positive("idle", idle);
      Check.positive("lifetime", lifetime);
      Check.atLeast("maxStreams", maxStreams, 1);
      Check.atLeast("maxPerConsumer", maxPerConsumer, 1);
    }
  }

  /**
   * Accepts the request as a command.
   *
   * @param channel {@code requests}, or {@code orders} to be heard there as well
   * @param deadline how long a worker may take to start
   */
  public record Async(
      @Default("commands") String topic,
      @Default("requests") PrivateChannel channel,
      @Default("60s") Duration deadline) {
    public Async {
      Check.positive("deadline", deadline);
    }
  }

  /**
   * When a read is sent to a second endpoint, before the first has answered.
   *
   * @param after so long after it was sent; absent: the percentile tells
   * @param percentile longer than so many of a hundred of the route's last answers took
   */
  public record Hedging(@Nullable Duration after, @Default("95") int percentile) {
    public Hedging {
      if (after != null) {
        Check.positive("after", after);
      }
      Check.within("percentile", percentile, 50, 99);
    }

    /** As UPSTREAM is told it. */
    public Hedge terms() {
      return new Hedge(after == null ? 0 : after.toMillis(), percentile);
    }
  }

  /** Always the same answer. */
  public record Fixed(
      @Default("200") int status,
      @Default("text/plain; charset=utf-8") String contentType,
      @Default("''") String body) {
    public Fixed {
      Check.within("status", status, 200, 599);
    }
  }

  /** Of paths whose readings lead to different routes, as {@code /u/secret%2Fx} may. */
  public enum AmbiguousPaths {
    /** 400. */
    @JsonProperty("refuse")
    REFUSE,
    /** Sent on as they came: the upstream reads paths as we do. */
    @JsonProperty("pass")
    PASS
  }

  /** An endpoint of the gateway itself. */
  public enum Local {
    /** {@code /v1/requests/{id}}: the records of asynchronous requests. */
    @JsonProperty("requests")
    REQUESTS,
    /** {@code /v1/markets} and what is below it. */
    @JsonProperty("markets")
    MARKETS,
    /** {@code /problems/{slug}}. */
    @JsonProperty("problems")
    PROBLEMS
  }

  private static void checkWebSockets(@Nullable WebSockets websocket, @Nullable String upstream) {
    Check.that(
        websocket == null || upstream != null, "websocket", "given", "an upstream that takes them");
  }

  /** What only an upstream has. */
  private static void checkUpstreams(
      @Nullable Streams stream,
      @Nullable Fallback fallback,
      @Nullable Hedging hedge,
      @Nullable String upstream) {
    Check.that(stream == null || upstream != null, "stream", "given", "an upstream beside it");
    Check.that(fallback == null || upstream != null, "fallback", fallback, "an upstream beside it");
    Check.that(hedge == null || upstream != null, "hedge", hedge, "an upstream beside it");
  }

  private static void checkTimes(
      @Nullable Duration timeout,
      @Nullable Duration connectTimeout,
      @Nullable Duration idle,
      @Nullable Streams stream) {
    if (timeout != null) {
      Check.positive("timeout", timeout);
    }
    if (connectTimeout != null) {
      Check.positive("connectTimeout", connectTimeout);
    }
    if (idle != null) {
      Check.positive("idle", idle);
      Check.that(stream == null, "idle", idle, "stream.idle, where there is a stream");
    }
  }

  private static void checkFailures(Failures onFailure, AuthDemand auth) {
    Check.that(
        onFailure.auth == OnFailure.CLOSED || auth == AuthDemand.NONE,
        "onFailure.auth",
        "open",
        "closed: the route demands credentials");
  }

  private static int count(@Nullable Object target) {
    return target == null ? 0 : 1;
  }
}
