package dev.tidegate.ingress.exchange;

import dev.tidegate.ingress.connection.ClientConnection;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.HeaderLists;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Permit;
import dev.tidegate.policy.Reply;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** The request's side of an exchange: what came, and what the policies have found out about it. */
abstract class Incoming implements Exchange {
  private static final CharSequence X_FORWARDED_PROTO =
      HttpHeaders.createOptimized("x-forwarded-proto");

  final ClientConnection connection;
  final HttpServerRequest request;
  private final Loop loop;
  private final MultiMap requestHeaders;
  private final long started;
  private final Reply.@Nullable Refusal flaw;
  private final String target;
  private final @Nullable String host;
  private final @Nullable String connectionHeader;
  private final @Nullable String expectation;
  private final String client;
  private final long contentLength;
  private String requestId = "";
  private String path = "";
  private int route = -1;
  private @Nullable Identity identity;
  private @Nullable Permit permit;

  Incoming(HttpServerRequest request, HeadReader head, Loop loop) {
    this.loop = loop;
    this.started = loop.nanos();
    this.request = request;
    this.requestHeaders = request.headers();
    this.connection = ClientConnection.of(request.connection());
    this.flaw = head.read(request, requestHeaders);
    this.target = head.target;
    this.host = head.host;
    this.connectionHeader = head.connection;
    this.expectation = head.expect;
    this.contentLength = head.contentLength;
    this.client = connection.client(requestHeaders);
  }

  /**
   * Whether it asks to go on as a WebSocket (RFC 6455 4.1); what HTTP/1.0 asks for does not count
   * (RFC 9110 7.8).
   */
  public boolean asksForWebSocket() {
    return connectionHeader != null
        && HttpMethod.GET.equals(request.method())
        && request.version() == HttpVersion.HTTP_1_1
        && HeaderLists.has(requestHeaders, HttpHeaders.CONNECTION, "upgrade")
        && HeaderLists.has(requestHeaders, HttpHeaders.UPGRADE, "websocket");
  }

  /** What it came on. */
  public ClientConnection connection() {
    return connection;
  }

  /** What the Connection header says, or null. */
  public @Nullable String connectionHeader() {
    return connectionHeader;
  }

  @Override
  public HttpMethod method() {
    return request.method();
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public @Nullable String host() {
    return host;
  }

  @Override
  public MultiMap requestHeaders() {
    return requestHeaders;
  }

  @Override
  public @Nullable String query(String name) {
    return request.getParam(name);
  }

  @Override
  public long contentLength() {
    return contentLength;
  }

  @Override
  public @Nullable String expectation() {
    return expectation;
  }

  @Override
  public Reply.@Nullable Refusal flaw() {
    return flaw;
  }

  @Override
  public String client() {
    return client;
  }

  @Override
  public boolean secure() {
    String told = connection.trusted() ? requestHeaders.get(X_FORWARDED_PROTO) : null;
    return told == null ? connection.scheme().equals("https") : told.equalsIgnoreCase("https");
  }

  @Override
  public @Nullable ClientCertificate certificate() {
    return connection.certificate();
  }

  @Override
  public long started() {
    return started;
  }

  /** How long ago it came. */
  public long ageMillis() {
    return (loop.nanos() - started) / 1_000_000;
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
    return route;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public void path(String normal) {
    path = normal;
  }

  @Override
  public void route(int number) {
    route = number;
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
  public @Nullable Permit permit() {
    return permit;
  }

  @Override
  public void permit(@Nullable Permit held) {
    permit = held;
  }
}
