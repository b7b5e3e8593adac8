package dev.tidegate.admin;

import dev.tidegate.problem.Problem;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who has the token; without one, who is on this machine and is not a web page of somebody
 * else in a local browser (a foreign {@code Host} after DNS rebinding, a form post).
 */
final class Access implements Handler<RoutingContext> {
  private static final String BEARER = "Bearer ";

  /** What carries a body. */
  private static final Set<HttpMethod> CHANGES =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  private final byte @Nullable [] tokenHash;

  Access(AdminConfig config) {
    tokenHash = config.token() == null ? null : sha256(config.token());
  }

  @Override
  public void handle(RoutingContext request) {
    if (tokenHash != null && !carriesToken(request)) {
      request.response().putHeader("WWW-Authenticate", "Bearer realm=\"tidegate-admin\"");
      Responses.problem(
          request, Problem.UNAUTHENTICATED, "Authorization: expected Bearer and the admin token");
    } else if (tokenHash == null && !isLocal(request)) {
      Responses.problem(
          request, Problem.FORBIDDEN, "Host: expected a loopback address or localhost");
    } else if (CHANGES.contains(request.request().method()) && !isJson(request)) {
      Responses.problem(
          request, Problem.UNSUPPORTED_MEDIA_TYPE, "Content-Type: expected application/json");
    } else {
      request.next();
    }
  }

  private boolean carriesToken(RoutingContext request) {
    String header = request.request().getHeader("Authorization");
    return header != null
        && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && MessageDigest.isEqual(sha256(header.substring(BEARER.length()).trim()), tokenHash);
  }

  private static boolean isLocal(RoutingContext request) {
    HostAndPort authority = request.request().authority();
    if (authority == null) {
      return false;
    }
    String host = authority.host();
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return AdminConfig.isLoopback(bracketed ? host.substring(1, host.length() - 1) : host);
  }

  /** The one type that a page of another origin cannot post unasked. */
  private static boolean isJson(RoutingContext request) {
    String type = request.request().getHeader("Content-Type");
    return type != null && type.regionMatches(true, 0, "application/json", 0, 16);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
