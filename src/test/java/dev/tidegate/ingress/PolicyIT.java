package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tidegate.ingress.RawHttp.Answer;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the policies do to real requests. */
@Timeout(60)
class PolicyIT {
  @TempDir static Path dir;

  private static Backend backend;
  private static TestGateway gateway;
  private static String aliceToken;
  private static Path log;

  @BeforeAll
  static void start() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
    Path jwks = dir.resolve("jwks.json");
    Files.writeString(jwks, new JWKSet(key.toPublicJWK()).toString());
    aliceToken = token(new RSASSASigner(key), "alice");
    log = dir.resolve("access.log");
    backend = new Backend(Backend::echoHead);
    gateway =
        new TestGateway()
            .http("accessLog: " + log)
            .jwt("{jwks: '" + jwks + "', issuer: issuer, audience: tidegate}")
            .limit("two", 0.01, 2)
            .routes(
                Routes.of("id: none, prefix: /none, upstream: backend, auth: none"),
                Routes.of("id: key, prefix: /apiKey, upstream: backend, auth: apiKey"),
                Routes.of("id: jwt, prefix: /jwt, upstream: backend, auth: jwt"),
                Routes.of("id: both, prefix: /both, upstream: backend, auth: both"),
                Routes.of("id: either, prefix: /either, upstream: backend, auth: either"),
                Routes.of("id: limited, prefix: /limited, upstream: backend, rateLimit: two"))
            .upstream("backend", backend.port)
            .start();
  }

  private static String token(JWSSigner signer, String subject) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(),
            new JWTClaimsSet.Builder()
                .subject(subject)
                .issuer("issuer")
                .audience("tidegate")
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .build());
    jwt.sign(signer);
    return jwt.serialize();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static Answer get(String path, String headers) throws IOException {
    return RawHttp.once(
        gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "none,   , , 200",
    "none,   alice-key, , 200",
    "none,   wrong-key, , 200",
    "none,   , bad, 200",
    "apiKey, , , 401",
    "apiKey, wrong-key, , 401",
    "apiKey, alice-key, , 200",
    "apiKey, , good, 401",
    "jwt,    , , 401",
    "jwt,    alice-key, , 401",
    "jwt,    , bad, 401",
    "jwt,    , good, 200",
    "both,   alice-key, , 401",
    "both,   , good, 401",
    "both,   alice-key, good, 200",
    "both,   bob-key, good, 401",
    "either, , , 401",
    "either, alice-key, , 200",
    "either, , good, 200",
    "either, alice-key, bad, 401"
  })
  void holdsRoutesToTheirDemand(String path, String key, String token, int status)
      throws IOException {
    StringBuilder headers = new StringBuilder();
    if (key != null) {
      headers.append("X-API-Key: ").append(key).append("\r\n");
    }
    if (token != null) {
      String text = token.equals("good") ? aliceToken : aliceToken.substring(1);
      headers.append("Authorization: Bearer ").append(text).append("\r\n");
    }
    Answer answer = get("/" + path, headers.toString());
    assertThat(answer.status()).isEqualTo(status);
    if (status == 401) {
      assertThat(answer.body()).contains("/problems/unauthenticated");
      assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    } else if ("alice-key".equals(key) || "good".equals(token)) {
      assertThat(answer.body()).contains("x-consumer: alice\n");
    } else {
      // Nobody is proven, and an upstream with keys of its own gets to see them.
      assertThat(answer.body())
          .doesNotContain("x-consumer")
          .containsIgnoringCase(headers.toString().replace("\r\n", "\n"));
    }
  }

  @Test
  void refusesTwoKeysAtOnce() throws IOException {
    Answer answer = get("/apiKey", "X-API-Key: alice-key\r\nX-API-Key: bob-key\r\n");
    assertThat(answer.status()).isEqualTo(401);
  }

  @Test
  void limitsEachConsumerOnItsOwn() throws IOException {
    for (String key : List.of("alice-key", "bob-key")) {
      String header = "X-API-Key: " + key + "\r\n";
      Answer first = get("/limited", header);
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.header("ratelimit")).startsWith("\"two\";r=1;t=");
      assertThat(first.header("ratelimit-policy")).isEqualTo("\"two\";q=2;w=200");
      assertThat(get("/limited", header).status()).isEqualTo(200);
      Answer refused = get("/limited", header);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.body()).contains("/problems/rate-limited");
      assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(90, 100);
    }
  }

  @Test
  void givesEveryAnswerARequestId() throws IOException {
    String mine = get("/none", "X-Request-Id: mine-1.a:b_c\r\n").header("x-request-id");
    assertThat(mine).isEqualTo("mine-1.a:b_c");
    String other = get("/none", "X-Request-Id: not sane\r\n").header("x-request-id");
    assertThat(other).isNotEqualTo("not sane").isNotBlank();
    assertThat(get("/nowhere", "").header("x-request-id")).isNotBlank().isNotEqualTo(other);
  }

  @Test
  void writesALineForEachRequest() throws Exception {
    String id = "logged-" + System.nanoTime();
    get("/apiKey?secret=1", "X-API-Key: alice-key\r\nX-Request-Id: " + id + "\r\n");
    String line = null;
    while (line == null) {
      line = Files.readAllLines(log).stream().filter(l -> l.contains(id)).findFirst().orElse(null);
      Thread.onSpinWait();
    }
    assertThat(line)
        .startsWith("{\"time\":\"")
        .contains("\"method\":\"GET\",\"path\":\"/apiKey\",\"route\":\"key\"")
        .contains("\"upstream\":\"backend\",\"status\":200")
        .contains("\"client\":\"127.0.0.1\",\"consumer\":\"alice\"}")
        .doesNotContain("secret")
        .doesNotContain("alice-key");
  }

  @Test
  void timesAnswersByRouteAndStatus() throws IOException {
    get("/none", "");
    assertThat(
            gateway
                .meters
                .get("tidegate.http.requests")
                .tag("route", "none")
                .tag("status", "2xx")
                .timer()
                .count())
        .isPositive();
  }

  @Test
  void servesClientsOfOtherMakes() throws Exception {
    try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
      // This one asks for an upgrade to HTTP/2 in clear text.
      java.net.http.HttpResponse<String> answer =
          client.send(
              java.net.http.HttpRequest.newBuilder(
                      java.net.URI.create("http://127.0.0.1:" + gateway.port() + "/none"))
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version().name()).isEqualTo(HttpVersion.HTTP_2.name());
      assertThat(answer.body()).doesNotContainIgnoringCase("http2-settings");
    }
  }
}
