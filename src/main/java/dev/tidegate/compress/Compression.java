package dev.tidegate.compress;

import dev.tidegate.net.HeaderLists;
import dev.tidegate.policy.Coding;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compresses answers for callers who want it (RFC 9110, section 8.4.1). Whatever leaves is told to
 * caches by Vary; an entity tag that was strong is weak then, because the bytes are others.
 */
public final class Compression implements Policy {
  private static final String GRPC = "application/grpc";

  /** What is said of the bytes would be false of others. */
  private static final List<CharSequence> DIGESTS =
      List.of("content-digest", "repr-digest", "digest", "content-md5");

  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int PARTIAL = 206;
  private static final int NOT_MODIFIED = 304;

  /**
   * What holds for a route.
   *
   * @param types media types; one that ends with {@code /} stands for all below it
   * @param leastBytes shorter answers stay as they are
   */
  public record Terms(List<Coding> codings, List<String> types, long leastBytes) {
    public Terms {
      codings = Codings.available(codings);
      types = List.copyOf(types);
    }
  }

  private final PerRoute<@Nullable Terms> terms;

  public Compression(PerRoute<@Nullable Terms> terms) {
    this.terms = terms;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    next.proceed();
  }

  @Override
  public void onHead(Exchange exchange) {
    Terms of = terms.of(exchange);
    MultiMap said = exchange.responseHeaders();
    if (of == null || !transformable(exchange, said)) {
      return;
    }
    int status = exchange.status();
    boolean bodiless = status == NOT_MODIFIED || HttpMethod.HEAD.equals(exchange.method());
    if (status != NOT_MODIFIED && !suits(of, said)) {
      return;
    }
    said.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    Coding coding = Codings.wanted(exchange.requestHeaders(), of.codings());
    if (coding == null || bodiless) {
      return;
    }
    boolean flushing = !said.contains(HttpHeaders.CONTENT_LENGTH);
    said.set(HttpHeaders.CONTENT_ENCODING, coding.text());
    said.remove(HttpHeaders.ACCEPT_RANGES);
    String tag = said.get(HttpHeaders.ETAG);
    if (tag != null && !tag.startsWith("W/")) {
      said.set(HttpHeaders.ETAG, "W/" + tag);
    }
    exchange.encodeBody(Codings.encoder(coding, flushing));
  }

  private static boolean transformable(Exchange exchange, MultiMap said) {
    int status = exchange.status();
    return status >= OK
        && status != NO_CONTENT
        && status != PARTIAL
        && !said.contains(HttpHeaders.CONTENT_ENCODING)
        && !said.contains(HttpHeaders.CONTENT_RANGE)
        && DIGESTS.stream().noneMatch(said::contains)
        && !HeaderLists.has(said, HttpHeaders.CACHE_CONTROL, "no-transform")
        && !HeaderLists.has(exchange.requestHeaders(), HttpHeaders.CACHE_CONTROL, "no-transform");
  }

  private static boolean suits(Terms of, MultiMap said) {
    String length = said.get(HttpHeaders.CONTENT_LENGTH);
    if (length != null && Long.parseLong(length) < of.leastBytes()) {
      return false;
    }
    String all = said.get(HttpHeaders.CONTENT_TYPE);
    if (all == null) {
      return false;
    }
    int end = all.indexOf(';');
    String type = (end < 0 ? all : all.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    if (type.startsWith(GRPC)) {
      return false;
    }
    for (String one : of.types()) {
      if (one.endsWith("/") ? type.startsWith(one) : type.equals(one)) {
        return true;
      }
    }
    return false;
  }
}
