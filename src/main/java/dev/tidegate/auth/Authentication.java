package dev.tidegate.auth;

import dev.tidegate.policy.AuthDemand;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Authenticator.Verdict;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proves who is calling and holds the route to its demand. Where none is made, credentials that are
 * not ours are somebody else's: they pass, and prove nothing.
 */
public final class Authentication implements Policy {
  private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
  private static final CharSequence CHALLENGE = HttpHeaders.createOptimized("www-authenticate");
  private static final String BEARER = "Bearer ";

  private final Authenticator authenticator;
  private final PerRoute<AuthDemand> demands;

  /** The authenticator may be shared; {@code demands} are those of the routes. */
  public Authentication(Authenticator authenticator, PerRoute<AuthDemand> demands) {
    this.authenticator = authenticator;
    this.demands = demands;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    AuthDemand demand = demands.of(exchange);
    if (demand == AuthDemand.CERTIFICATE) {
      byCertificate(exchange, next);
      return;
    }
    Identity byKey = null;
    Identity byToken = null;
    String key = single(exchange, API_KEY);
    if (key != null && demand != AuthDemand.JWT) {
      Verdict verdict = authenticator.apiKey(key);
      byKey = verdict.identity();
      if (byKey == null && demand != AuthDemand.NONE) {
        refuse(exchange, verdict.refusal());
        return;
      }
    }
    String authorization =
        demand == AuthDemand.API_KEY ? null : single(exchange, HttpHeaders.AUTHORIZATION);
    if (authorization != null && bearer(authorization)) {
      Verdict verdict = authenticator.bearer(authorization.substring(BEARER.length()).trim());
      byToken = verdict.identity();
      if (byToken == null && demand != AuthDemand.NONE) {
        refuse(exchange, verdict.refusal());
        return;
      }
    }
    String missing = missing(demand, byKey, byToken);
    if (missing != null) {
      refuse(exchange, missing);
      return;
    }
    Identity identity = byToken != null ? byToken : byKey;
    if (identity != null) {
      exchange.identity(identity);
    } else if (demand == AuthDemand.NONE) {
      whoeverShows(exchange);
    }
    next.proceed();
  }

  /** A certificate counts also where nobody has to prove anything. */
  private void whoeverShows(Exchange exchange) {
    ClientCertificate shown = exchange.certificate();
    Identity identity = shown == null ? null : authenticator.certificate(shown).identity();
    if (identity != null) {
      exchange.identity(identity);
    }
  }

  private void byCertificate(Exchange exchange, Next next) {
    ClientCertificate shown = exchange.certificate();
    if (shown == null) {
      refuse(exchange, "Certificate", "a client certificate is required");
      return;
    }
    Verdict verdict = authenticator.certificate(shown);
    Identity identity = verdict.identity();
    if (identity == null) {
      refuse(exchange, "Certificate", verdict.refusal());
      return;
    }
    exchange.identity(identity);
    next.proceed();
  }

  private static @Nullable String missing(
      AuthDemand demand, @Nullable Identity byKey, @Nullable Identity byToken) {
    return switch (demand) {
      case NONE, CERTIFICATE -> null;
      case API_KEY -> byKey != null ? null : "an API key is required";
      case JWT -> byToken != null ? null : "a bearer token is required";
      case EITHER ->
          byKey != null || byToken != null ? null : "an API key or a bearer token is required";
      case BOTH ->
          byKey == null || byToken == null
              ? "an API key and a bearer token are required"
              : byKey.consumer().equals(byToken.consumer())
                  ? null
                  : "the API key and the token belong to different consumers";
    };
  }

  /** Two credentials of one kind are refused as one unknown: upstreams might read the other. */
  private static @Nullable String single(Exchange exchange, CharSequence name) {
    String first = exchange.requestHeaders().get(name);
    if (first == null) {
      return null;
    }
    List<String> all = exchange.requestHeaders().getAll(name);
    return all.size() == 1 ? first : "";
  }

  private static boolean bearer(String authorization) {
    return authorization.isEmpty()
        || authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
  }

  private static void refuse(Exchange exchange, @Nullable String why) {
    refuse(exchange, "Bearer", why);
  }

  private static void refuse(Exchange exchange, String challenge, @Nullable String why) {
    exchange.responseHeaders().set(CHALLENGE, challenge);
    exchange.refuse(Problem.UNAUTHENTICATED, why == null ? "the credentials are not valid" : why);
  }
}
