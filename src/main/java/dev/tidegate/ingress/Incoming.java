package dev.tidegate.ingress;

import dev.tidegate.policy.AuthDemand;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.route.Route;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request's side of an exchange: what came, and what the policies have found out about it. */
abstract class Incoming implements Exchange {
  private static final Set<HttpMethod> WITH_BODY =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  final Guard guard;
  final Loop loop;
  final HttpServerRequest request;
  final MultiMap requestHeaders;
  private final long started = System.nanoTime();
  private final @Nullable String flaw;
  private final @Nullable String host;
  private final @Nullable String connection;
  private final @Nullable String expectation;
  private final @Nullable String givenRequestId;
  private final String client;
  private final long contentLength;
  private final boolean hasBody;
  private String requestId = "";
  private String path = "";
  private @Nullable Route route;
  private @Nullable Identity identity;

  Incoming(HttpServerRequest request, Loop loop) {
    this.loop = loop;
    this.request = request;
    this.requestHeaders = request.headers();
    this.guard = Connections.guard(request.connection());
    RequestHead head = loop.head();
    this.flaw = head.read(request, requestHeaders);
    this.host = head.host;
    this.connection = Headers.extraTokens(head.connection);
    this.expectation = head.expect;
    this.givenRequestId = head.requestId;
    this.contentLength = head.contentLength;
    this.hasBody =
        guard.http2
            ? loop.bodyFollows(request) || bodyOfUpgrade(request, head.contentLength)
            : head.contentLength > 0 || head.transferEncoding != null;
    this.client = guard.trusted ? guard.client(requestHeaders) : guard.peer;
  }

  /**
   * The request that upgraded a clear-text connection is stream 1, which counts as closed by the
   * client from the start (RFC 9113 3.2) although its body still comes. Its length tells; one that
   * came in chunks has lost the header, and only its method hints.
   */
  private static boolean bodyOfUpgrade(HttpServerRequest request, long contentLength) {
    return request.streamId() == 1
        && (contentLength > 0 || (contentLength < 0 && WITH_BODY.contains(request.method())));
  }

  @Override
  public HttpServerRequest request() {
    return request;
  }

  @Override
  public MultiMap requestHeaders() {
    return requestHeaders;
  }

  /** What is wrong with the head, or null. */
  @Nullable String flaw() {
    return flaw;
  }

  @Nullable String host() {
    return host;
  }

  @Nullable String connectionTokens() {
    return connection;
  }

  @Nullable String expectation() {
    return expectation;
  }

  @Nullable String givenRequestId() {
    return givenRequestId;
  }

  long contentLength() {
    return contentLength;
  }

  boolean hasBody() {
    return hasBody;
  }

  /** The request target in origin form. */
  String target() {
    String uri = request.uri();
    if (uri.startsWith("http://") || uri.startsWith("https://")) {
      int slash = uri.indexOf('/', 8);
      return slash < 0 ? "/" : uri.substring(slash);
    }
    return uri;
  }

  @Override
  public String path() {
    return path;
  }

  void path(String normal) {
    path = normal;
  }

  @Override
  public @Nullable String query(String name) {
    return request.getParam(name);
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public void requestId(String id) {
    requestId = id;
  }

  @Override
  public int route() {
    return route == null ? -1 : route.index();
  }

  void route(Route found) {
    route = found;
  }

  @Nullable Route matched() {
    return route;
  }

  @Override
  public String routeId() {
    return route == null ? "none" : route.config().id();
  }

  @Override
  public @Nullable String upstream() {
    return route == null ? null : route.config().upstream();
  }

  @Override
  public AuthDemand auth() {
    return route == null ? AuthDemand.NONE : route.config().auth();
  }

  @Override
  public @Nullable String rateLimit() {
    return route == null ? null : route.config().rateLimit();
  }

  long bodyLimit() {
    Long own = route == null ? null : route.config().maxBody();
    return own == null ? loop.maxBody() : own;
  }

  @Override
  public String client() {
    return client;
  }

  @Override
  public @Nullable Identity identity() {
    return identity;
  }

  @Override
  public void identity(Identity proven) {
    identity = proven;
  }

  @Override
  public long started() {
    return started;
  }
}
