package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.route.RouteConfig;
import dev.tidegate.rules.RuleSet;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies that fail take no request down whose route can do without them. */
@Timeout(60)
class FailingPoliciesIT {
  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend = new Backend(Backend::echoHead);
    gateway =
        new TestGateway()
            .limit("many", 1000, 1000)
            .concurrency("name: few, max: 10")
            .routes(
                route("usual", ""),
                route("auth-open", "onFailure: {auth: open}"),
                route("rate-limit-closed", "onFailure: {rateLimit: closed}"),
                route("overload-closed", "onFailure: {overload: closed}"))
            .upstream("backend", backend.port)
            .start();
  }

  private static RouteConfig route(String id, String more) {
    return Routes.of(
        "id: %s, prefix: /%s, upstream: backend, rateLimit: many, concurrency: [few], %s"
            .formatted(id, id, more));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  @AfterEach
  void mend() {
    gateway.broken.clear();
    gateway.rules.set(RuleSet.EMPTY);
  }

  private static RawHttp.Answer get(String path) throws IOException {
    return RawHttp.once(
        gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: alice-key\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "auth,       usual,             500",
    "auth,       auth-open,         200",
    "rate-limit, usual,             200",
    "rate-limit, rate-limit-closed, 500",
    "overload,   usual,             200",
    "overload,   overload-closed,   500"
  })
  void aRouteDeclaresWhetherItIsOpenOrClosed(String broken, String route, int status)
      throws IOException {
    assertThat(get("/" + route).body()).contains("x-consumer: alice\n");
    double before = failures(broken, status == 200 ? "open" : "closed");
    gateway.broken.add(broken);
    RawHttp.Answer answer = get("/" + route);
    assertThat(answer.status()).isEqualTo(status);
    if (status == 500) {
      assertThat(answer.body()).contains("\"never-sent\"");
    } else if (broken.equals("auth")) {
      assertThat(answer.body()).as("nobody is proven").doesNotContain("x-consumer:");
    }
    assertThat(failures(broken, status == 200 ? "open" : "closed")).isEqualTo(before + 1);
  }

  @Test
  void bansAreEverClosed() throws IOException {
    gateway.rules.set(null);
    assertThat(get("/auth-open").status()).isEqualTo(500);
    gateway.rules.set(RuleSet.EMPTY);
    assertThat(get("/auth-open").status()).isEqualTo(200);
  }

  private static double failures(String step, String then) {
    return gateway
        .meters
        .get("tidegate.http.step.failures")
        .tag("step", step)
        .tag("then", then)
        .counter()
        .count();
  }
}
