package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import dev.tidegate.route.CorsConfig;
import dev.tidegate.route.RouteConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told of who may call a route, as they ask. */
@Timeout(60)
class CorsIT {
  private static final String OURS = "https://app.example.com";

  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend =
        new Backend(
            request ->
                request
                    .response()
                    .putHeader("Access-Control-Allow-Origin", "https://evil.example")
                    .putHeader("Access-Control-Allow-Credentials", "true")
                    .putHeader("Vary", "Accept-Language")
                    .end(request.method().name()));
    gateway =
        new TestGateway()
            .routes(
                route(
                    "named",
                    "auth: apiKey, methods: [GET, PUT], cors: {origins: ['"
                        + OURS
                        + "'], headers: [X-API-Key], expose: [X-Request-Id], credentials: true,"
                        + " maxAge: 5m}"),
                route("anybody", "cors: {origins: ['*'], headers: ['*']}"),
                route("none", "methods: [GET]"),
                route("own", ""))
            .upstream("backend", backend.port)
            .start();
  }

  private static RouteConfig route(String name, String more) {
    return Settings.of(
        RouteConfig.class,
        "{id: %s, path: /%s, upstream: backend, %s}".formatted(name, name, more));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static HttpResponse<String> ask(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static String header(HttpResponse<String> answer, String name) {
    return String.join(", ", answer.headers().allValues(name));
  }

  private static HttpResponse<String> preflight(String path, String origin, String method)
      throws Exception {
    return ask(
        "OPTIONS",
        path,
        "Origin",
        origin,
        "Access-Control-Request-Method",
        method,
        "Access-Control-Request-Headers",
        "x-api-key");
  }

  @Test
  void answersPreflightsItselfBeforeAnybodyAsksForAKey() throws Exception {
    HttpResponse<String> answer = preflight("/named", OURS, "PUT");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(header(answer, "access-control-allow-origin")).isEqualTo(OURS);
    assertThat(header(answer, "access-control-allow-methods")).isEqualTo("GET, PUT");
    assertThat(header(answer, "access-control-allow-headers")).isEqualTo("X-API-Key");
    assertThat(header(answer, "access-control-allow-credentials")).isEqualTo("true");
    assertThat(header(answer, "access-control-max-age")).isEqualTo("300");
    assertThat(header(answer, "vary")).containsIgnoringCase("origin");
    HttpResponse<String> any = preflight("/anybody", "https://x.example", "GET");
    assertThat(header(any, "access-control-allow-origin")).isEqualTo("*");
    assertThat(header(any, "access-control-allow-headers")).isEqualTo("x-api-key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example", "null", "https://app.example.com.evil.example",
        "http://app.example.com", "https://app.example.com:444", "https://APP.example.com"
      })
  void saysNothingToOthers(String origin) throws Exception {
    HttpResponse<String> answer = preflight("/named", origin, "PUT");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().map().keySet())
        .noneMatch(name -> name.startsWith("access-control"));
    assertThat(header(answer, "vary")).containsIgnoringCase("origin");
    HttpResponse<String> real = ask("GET", "/named", "Origin", origin, "X-API-Key", "alice-key");
    assertThat(real.statusCode()).isEqualTo(200);
    assertThat(real.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
  }

  @Test
  void hasTheLastWordOnAnswersOfUpstreamsAndOnRefusals() throws Exception {
    HttpResponse<String> good = ask("GET", "/named", "Origin", OURS, "X-API-Key", "alice-key");
    assertThat(good.statusCode()).isEqualTo(200);
    assertThat(header(good, "access-control-allow-origin")).isEqualTo(OURS);
    assertThat(header(good, "access-control-expose-headers")).isEqualTo("X-Request-Id");
    assertThat(header(good, "vary")).contains("Accept-Language").containsIgnoringCase("origin");
    HttpResponse<String> refused = ask("GET", "/named", "Origin", OURS);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(header(refused, "access-control-allow-origin")).isEqualTo(OURS);
    assertThat(header(ask("GET", "/named", "X-API-Key", "alice-key"), "vary"))
        .as("caches must know without an origin too")
        .containsIgnoringCase("origin");
    assertThat(header(ask("GET", "/anybody", "Origin", OURS), "access-control-allow-credentials"))
        .isEmpty();
  }

  @Test
  void whoseRouteSaysNothingSpeaksForItself() throws Exception {
    assertThat(preflight("/none", OURS, "GET").statusCode()).isEqualTo(405);
    HttpResponse<String> answer = preflight("/own", OURS, "GET");
    assertThat(answer.body()).isEqualTo("OPTIONS");
    assertThat(header(answer, "access-control-allow-origin")).isEqualTo("https://evil.example");
    assertThat(ask("OPTIONS", "/anybody").body()).as("no preflight").isEqualTo("OPTIONS");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "origins: ['*'], credentials: true | credentials",
        "origins: ['*', 'https://a.example'] | origins",
        "origins: [] | origins",
        "origins: ['https://a.example/'] | origins",
        "origins: ['https://A.example'] | origins",
        "origins: ['null'] | origins",
        "origins: ['https://a.example'], methods: ['A B'] | methods",
        "origins: ['https://a.example'], headers: ['A:'] | headers"
      })
  void refusesWhatBrowsersOrCallersWouldTrip(String config, String property) {
    assertThatThrownBy(() -> Settings.of(CorsConfig.class, "{" + config + "}"))
        .hasMessageContaining(property);
  }
}
