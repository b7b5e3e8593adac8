package dev.tidegate.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.Routes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An open route never reaches a path that another one protects, however it is spelt. */
class PathConfusionTest {
  private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");

  /** Servers as they are found behind gateways, each with a way of its own to read a path. */
  private enum Server {
    /** Decodes once, merges slashes, resolves dots. */
    NGINX,
    /** Cuts parameters off, decodes, takes backslashes for slashes. */
    TOMCAT,
    /** One that decodes before it cuts. */
    LATE_CUTTER,
    /** Two of them in a row. */
    TWICE,
    /** Decodes once, and compares what came of it, dots and all. */
    UNRESOLVED,
    /** Compares what it was sent. */
    LITERAL;

    String reads(String path) {
      return switch (this) {
        case NGINX -> resolved(decoded(path));
        case TOMCAT -> resolved(decoded(withoutParameters(path)).replace('\\', '/'));
        case LATE_CUTTER -> resolved(withoutParameters(decoded(path)).replace('\\', '/'));
        case TWICE -> resolved(decoded(resolved(decoded(path))));
        case UNRESOLVED -> decoded(path).replaceAll("/+", "/");
        case LITERAL -> resolved(path);
      };
    }
  }

  private static String withoutParameters(String path) {
    return path.replaceAll(";[^/]*", "");
  }

  private static String decoded(String path) {
    return ESCAPE.matcher(path).replaceAll(PathConfusionTest::character);
  }

  private static String character(MatchResult escape) {
    byte[] one = {(byte) Integer.parseInt(escape.group(1), 16)};
    return Matcher.quoteReplacement(new String(one, StandardCharsets.ISO_8859_1));
  }

  private static String resolved(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/")) {
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    return segments.stream().map(s -> "/" + s).collect(Collectors.joining());
  }

  private final RouteTable table =
      new RouteTable(
          List.of(
              Routes.of("id: open, prefix: /u, upstream: b"),
              Routes.of("id: secret, prefix: /u/secret, upstream: b, auth: apiKey"),
              Routes.of("id: at, prefix: '/u/@me', upstream: b, auth: apiKey"),
              Routes.of("id: escaped, prefix: '/u/caf%c3%a9%40', upstream: b, auth: apiKey"),
              Routes.of("id: kept, prefix: /kept, upstream: b, ambiguousPaths: pass"),
              Routes.of("id: inner, prefix: /kept/secret, upstream: b, auth: apiKey"),
              Routes.of("id: moved, prefix: '/s@', strip: '/s@', rewrite: /in, upstream: b")));

  private String led(String target) {
    String path = Paths.normal(target);
    Route route = path == null ? null : table.find("h", path, "GET");
    if (path == null) {
      return "400";
    }
    return route == null
        ? "404"
        : !table.unambiguous(route, "h", path, "GET")
            ? "400"
            : route.config().id() + " " + route.target(target, path);
  }

  @ParameterizedTest
  @CsvSource({
    "/u//secret/x, secret /u/secret/x",
    "//u/secret, secret /u/secret",
    "/u/secret%2fx, 400",
    "/u/secret%2Fx, 400",
    "/u%2fsecret/x, 404",
    "/u/..%2fu/secret/x, 400",
    "/u/%2e%2e%2fu%2fsecret/x, 400",
    "/u/%2e%2e/u/secret/x, secret /u/secret/x",
    "/u/.%2e/u/%73ecret, secret /u/secret",
    "/u/x/..;/secret, 400",
    "/u/..;a=b/u/secret, 400",
    "/u/x/..%3b/secret, 400",
    "/u/secret;x, 400",
    "/u/secret%3Bx, 400",
    "/u/secret;/x, 400",
    "/u/secret%5Cx, 400",
    "/u/x%5c..%5csecret, 400",
    "/u/secret%252fx, 400",
    "/u/secret%c0%afx, 400",
    "/u/x/%c0%ae%c0%ae/secret, 400",
    "/u/secret%e0%80%afx, 400",
    "/u/secret%3fx, 400",
    "/u/secret%23, 400",
    "/u\\secret, 400",
    "/u/%00, 400",
    "/u/%40me, at /u/%40me",
    "/u/@me/x, at /u/@me/x",
    "/u/caf%C3%A9%40/x, escaped /u/caf%C3%A9%40/x",
    "/u/caf%c3%a9@, escaped /u/caf%C3%A9@",
    "/u/XBT%2FUSD/book?a=%2f, open /u/XBT%2FUSD/book?a=%2f",
    "/u/a%2f..%2fb, open /u/a%2F..%2Fb",
    "/u/secret%2f.., 400",
    "/u/secret%2f..%2fb, 400",
    "/u/a;v=1/b, open /u/a;v=1/b",
    "/u/a%20b, open /u/a%20b",
    "/u/100%25, open /u/100%25",
    "/u/%5Bx%5D, open /u/%5Bx%5D",
    "/kept/secret%2fx, kept /kept/secret%2Fx",
    "/kept/a%2fb, kept /kept/a%2Fb",
    "/s@/a%2fb, moved /in/a%2Fb",
    "/%73%40/a, moved /in/a",
    "/s@, moved /in",
    "/s@/..%2fs@/a, 400",
    "/s@/u%252fu/..%2f..%252f, 400",
    "/s@/%2fx/..;/..;/s@/y, 400"
  })
  void everySpellingHasItsPlace(String target, String place) {
    assertThat(led(target)).isEqualTo(place);
  }

  @Property(tries = 50_000)
  void noServerFindsSomethingElseThanTheRouteWasMeantFor(@ForAll("targets") String target) {
    String[] led = led(target).split(" ", 2);
    for (Server server : Server.values()) {
      switch (led[0]) {
        case "open" ->
            assertThat(server.reads(led[1]) + "/")
                .as("%s on %s as %s", target, server, led[1])
                .doesNotStartWith("/u/secret/");
        case "moved" ->
            assertThat(server.reads(led[1]) + "/")
                .as("%s on %s as %s", target, server, led[1])
                .startsWith("/in/");
        default -> {}
      }
    }
  }

  @Provide
  Arbitrary<String> targets() {
    Arbitrary<String> parts =
        Arbitraries.of(
            "/",
            "/",
            "/",
            "//",
            "u",
            "secret",
            "secret",
            "x",
            "s@",
            "in",
            ".",
            "..",
            "..",
            "%2e",
            "%2E%2e",
            "%2f",
            "%2F",
            "%5c",
            "%5C..",
            ";",
            ";x",
            ";a=b",
            "%3b",
            "%3f",
            "%23",
            "%252f",
            "%252e",
            "%255c",
            "%c0%af",
            "%c0%ae",
            "%73ecret",
            "%40",
            "%25",
            "%C3%A9");
    Arbitrary<String> rest = parts.list().ofMaxSize(12).map(list -> String.join("", list));
    return Arbitraries.of("/u/", "/s@/", "/u/secret", "/", "/u/x/")
        .flatMap(front -> rest.map(end -> front + end));
  }
}
