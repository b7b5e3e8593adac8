package dev.tidegate.route;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which pages of other origins browsers let call a route and read its answers.
 *
 * @param origins as {@code https://app.example.com}, or {@code *} alone for all
 * @param methods beside the route's own; those of the route, or GET, HEAD and POST, when empty
 * @param headers that pages may send; {@code *} for any
 * @param expose headers of answers that pages may read
 * @param credentials whether cookies and the like come along
 * @param maxAge how long a browser remembers the answer to its preflight
 */
public record CorsConfig(
    List<String> origins,
    @Default("[]") List<String> methods,
    @Default("[]") List<String> headers,
    @Default("[]") List<String> expose,
    @Default("false") boolean credentials,
    @Default("10m") Duration maxAge) {
  public static final String ANY = "*";

  private static final Pattern ORIGIN =
      Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9.-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  public CorsConfig {
    Check.that(origins != null && !origins.isEmpty(), "origins", origins, "a list of origins");
    origins = List.copyOf(origins);
    for (String origin : origins) {
      Check.that(
          ORIGIN.matcher(origin).matches() || (origin.equals(ANY) && origins.size() == 1),
          "origins",
          origin,
          "https://name or https://name:port in lower case, or * alone");
    }
    methods = tokens("methods", methods);
    headers = tokens("headers", headers);
    expose = tokens("expose", expose);
    Check.that(
        !credentials || !origins.contains(ANY),
        "credentials",
        credentials,
        "origins by name: browsers take no credentials to *");
    Check.that(!maxAge.isNegative(), "maxAge", maxAge, "0s or more");
  }

  private static List<String> tokens(String name, List<String> all) {
    for (String one : all) {
      Check.that(TOKEN.matcher(one).matches(), name, one, "names");
    }
    return List.copyOf(all);
  }
}
