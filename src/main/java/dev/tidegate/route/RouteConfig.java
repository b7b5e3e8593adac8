package dev.tidegate.route;

import dev.tidegate.policy.AuthDemand;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
 * @param timeout until the upstream's answer begins; null leaves it to the upstream
 * @param maxBody bytes; null for the listener's limit
 */
public record RouteConfig(
    String id,
    @Nullable String host,
    @Nullable String path,
    @Nullable String prefix,
    List<String> methods,
    @Nullable String strip,
    @Nullable String rewrite,
    @Nullable String upstream,
    @Nullable Async async,
    @Nullable Fixed fixed,
    @Nullable Local local,
    AuthDemand auth,
    @Nullable String rateLimit,
    @Nullable Duration timeout,
    @Nullable Long maxBody) {
  private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  public RouteConfig {
    require(!blank(id), "id", id, "a name");
    host = host == null || host.equals("*") ? null : host.toLowerCase(Locale.ROOT);
    require(
        host == null || HOST.matcher(host).matches(), "host", host, "a name or *.name, no port");
    require((path == null) != (prefix == null), "path", path, "either path or prefix");
    require(path == null || PathPattern.valid(path), "path", path, "/segments or {names}");
    require(prefix == null || PathPattern.validPrefix(prefix), "prefix", prefix, "/segments");
    methods = methods == null ? List.of() : List.copyOf(methods);
    for (String method : methods) {
      require(TOKEN.matcher(method).matches(), "methods", method, "HTTP methods");
    }
    require(strip == null || PathPattern.validPrefix(strip), "strip", strip, "/segments");
    require(rewrite == null || PathPattern.validPrefix(rewrite), "rewrite", rewrite, "/segments");
    int targets = count(upstream) + count(async) + count(fixed) + count(local);
    require(targets == 1, "target", targets, "one of upstream, async, fixed, local");
    auth = auth == null ? AuthDemand.NONE : auth;
    require(
        async == null || auth != AuthDemand.NONE,
        "auth",
        auth,
        "a demand: async needs an identity");
    require(
        local != Local.REQUESTS || auth != AuthDemand.NONE,
        "auth",
        auth,
        "a demand: records belong to a consumer");
    require(timeout == null || timeout.isPositive(), "timeout", timeout, "more than nothing");
    require(maxBody == null || maxBody >= 0, "maxBody", maxBody, "0 or more bytes");
  }

  /**
   * Accepts the request as a command.
   *
   * @param channel {@code requests}, or {@code orders} to be heard there as well
   * @param deadline how long a worker may take to start; default 60 s
   */
  public record Async(String topic, String channel, Duration deadline) {
    public Async {
      topic = topic == null ? "commands" : topic;
      channel = channel == null ? "requests" : channel;
      require(
          channel.equals("requests") || channel.equals("orders"),
          "async.channel",
          channel,
          "requests or orders");
      deadline = deadline == null ? Duration.ofSeconds(60) : deadline;
      require(deadline.isPositive(), "async.deadline", deadline, "more than nothing");
    }
  }

  /** Always the same answer. */
  public record Fixed(int status, String contentType, String body) {
    public Fixed {
      status = status == 0 ? 200 : status;
      require(status >= 200 && status <= 599, "fixed.status", status, "200..599");
      contentType = contentType == null ? "text/plain; charset=utf-8" : contentType;
      body = body == null ? "" : body;
    }
  }

  /** An endpoint of the gateway itself. */
  public enum Local {
    /** {@code /v1/requests/{id}}: the records of asynchronous requests. */
    @com.fasterxml.jackson.annotation.JsonProperty("requests")
    REQUESTS,
    /** {@code /v1/markets} and what is below it. */
    @com.fasterxml.jackson.annotation.JsonProperty("markets")
    MARKETS,
    /** {@code /problems/{slug}}. */
    @com.fasterxml.jackson.annotation.JsonProperty("problems")
    PROBLEMS
  }

  private static int count(@Nullable Object target) {
    return target == null ? 0 : 1;
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private static void require(
      boolean valid, String name, @Nullable Object value, String expectation) {
    if (!valid) {
      throw new IllegalArgumentException(name + ": " + value + " (expected " + expectation + ")");
    }
  }
}
