package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Sends callers in clear text to where there is TLS, and tells browsers to come there next time.
 * Only to hosts that are ours: what a caller asks for must not choose where others are sent.
 */
final class TransportSecurity implements Policy {
  private static final CharSequence HSTS = HttpHeaders.createOptimized("strict-transport-security");
  private static final int MOVED_PERMANENTLY = 301;

  /** As 301, and the method stays what it is (RFC 9110 15.4.9). */
  private static final int PERMANENT_REDIRECT = 308;

  private final IngressConfig.@Nullable Redirect redirect;
  private final @Nullable String hsts;

  TransportSecurity(IngressConfig config) {
    this.redirect = config.redirect();
    this.hsts =
        config.tls() == null || config.tls().hsts() == null ? null : config.tls().hsts().header();
  }

  /** Whether there is anything to do. */
  static boolean isAsked(IngressConfig config) {
    return config.redirect() != null || (config.tls() != null && config.tls().hsts() != null);
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    IngressConfig.Redirect to = redirect;
    if (to == null
        || exchange.flaw() != null
        || !exchange.target().startsWith("/")
        || exchange.secure()) {
      next.proceed();
      return;
    }
    String name = name(exchange.host());
    if (!ours(to, name)) {
      exchange.refuse(Problem.NOT_FOUND, "no route takes this host");
      return;
    }
    String port = to.port() == 443 ? "" : ":" + to.port();
    exchange
        .responseHeaders()
        .set(HttpHeaders.LOCATION, "https://" + name + port + exchange.target());
    boolean read =
        HttpMethod.GET.equals(exchange.method()) || HttpMethod.HEAD.equals(exchange.method());
    exchange.answer(new Reply.Empty(read ? MOVED_PERMANENTLY : PERMANENT_REDIRECT));
  }

  private static String name(@Nullable String host) {
    String all = host == null ? "" : host.toLowerCase(Locale.ROOT);
    int colon = all.lastIndexOf(':');
    return colon < 0 ? all : all.substring(0, colon);
  }

  private static boolean ours(IngressConfig.Redirect to, String name) {
    for (String host : to.hosts()) {
      if (host.equals(name)
          || (host.startsWith("*.")
              && name.length() > host.length() - 1
              && name.endsWith(host.substring(1)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void onHead(Exchange exchange) {
    if (hsts != null && exchange.secure()) {
      exchange.responseHeaders().set(HSTS, hsts);
    }
  }
}
