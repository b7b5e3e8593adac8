package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.JsonSocket;
import dev.tidegate.testing.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an operator orders on one node holds on every node of a cluster of processes, for who is
 * there, for nodes that come later, and after the node that was asked has died.
 */
class LiveRulesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<GatewayProcess> nodes = new ArrayList<>();
  private final List<JsonSocket> clients = new ArrayList<>();
  private final int port = Ports.free(3);
  private final Path folder = Path.of("target", "nodes", "rules-" + port);
  private OctetSequenceKey key;

  @AfterEach
  void stop() {
    clients.forEach(JsonSocket::close);
    nodes.parallelStream().forEach(GatewayProcess::close);
    http.close();
  }

  private GatewayProcess launch(String name) throws Exception {
    Files.createDirectories(folder);
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        node: %s
        http: {host: 127.0.0.1, port: 0}
        stream:
          host: 127.0.0.1
          port: 0
          drain: 1s
          tiers: {vip: {rank: 2, subscriptions: 50}}
        admin: {host: 127.0.0.1, port: 0}
        auth:
          jwt: {jwks: %s}
          consumers:
            - {name: alice, tier: vip, key: alice-key}
            - {name: bob, key: bob-key}
            - {name: carol, key: carol-key}
        market: {feed: simulator}
        routes:
          - {id: mine, path: /mine, fixed: {status: 200, contentType: text/plain, body: yours}, auth: either}
        """
            .formatted(name, folder.resolve("jwks.json")));
    Path verticles = folder.resolve("verticles.json");
    Files.writeString(
        verticles,
        """
        {"roles": [{"role": "INGRESS", "instances": 1}, {"role": "MARKET", "instances": 1},
                   {"role": "COMMAND", "instances": 1}, {"role": "STREAM", "instances": 1},
                   {"role": "ADMIN", "instances": 1}]}
        """);
    GatewayProcess node = GatewayProcess.node(name, port, "", "", config, verticles);
    nodes.add(node);
    return node;
  }

  private void startTwo() throws Exception {
    key = new OctetSequenceKeyGenerator(256).keyID("k").generate();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("jwks.json"), new JWKSet(key).toString(false));
    launch("n1").awaitReady();
    launch("n2").awaitReady();
  }

  @Test
  void holdsOnEveryNodeAndOnThoseThatComeLater() throws Exception {
    startTwo();
    revokesAKey();
    revokesTokens();
    bansAConsumer();
    changesATier();
    JsonNode before = json(admin(1, "GET", "/admin/v1/bans", null), 200);
    nodes.get(0).kill();
    launch("n3").awaitReady();
    whatComesLaterKnows(2, before.path("version").asLong());
    scaledInstancesKnow(2);
    bansAndLiftsARange();
  }

  private void revokesAKey() throws Exception {
    assertThat(mine(1, "X-API-Key", "alice-key").statusCode()).isEqualTo(200);
    JsonSocket here = client(0, "X-API-Key", "alice-key");
    JsonSocket there = client(1, "X-API-Key", "alice-key");
    JsonSocket other = client(1, "X-API-Key", "bob-key");
    HttpResponse<String> answer =
        admin(0, "POST", "/admin/v1/revocations", "{\"consumer\":\"alice\",\"reason\":\"leaked\"}");
    JsonNode revocation = json(answer, 201);
    long answered = System.nanoTime();
    assertThat(answer.headers().firstValue("Location"))
        .contains("/admin/v1/revocations/" + revocation.path("id").asText());
    assertThat(here.closed()).isEqualTo("4502 credentials were revoked: leaked");
    assertThat(there.closed()).isEqualTo("4502 credentials were revoked: leaked");
    System.out.printf(
        "rules: sessions on two nodes ended %d ms after the answer%n",
        (System.nanoTime() - answered) / 1_000_000);
    assertThat(mine(0, "X-API-Key", "alice-key").statusCode()).isEqualTo(401);
    HttpResponse<String> refused = mine(1, "X-API-Key", "alice-key");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(refused.body()).path("type").asText())
        .isEqualTo("/problems/unauthenticated");
    assertThat(JSON.readTree(refused.body()).path("detail").asText())
        .isEqualTo("the API key was revoked");
    assertThat(upgrade(1, "X-API-Key", "alice-key")).isEqualTo(401);
    JsonSocket anonymous = client(1);
    anonymous.send("{\"op\":\"login\",\"id\":1,\"apiKey\":\"alice-key\"}");
    assertThat(anonymous.reply("error").path("code").asText()).isEqualTo("unauthenticated");
    assertThat(other.isOpen()).isTrue();
    String path = "/admin/v1/revocations/" + revocation.path("id").asText();
    json(admin(1, "DELETE", path, null), 200);
    Await.await("lifted", () -> mine(0, "X-API-Key", "alice-key").statusCode() == 200);
  }

  private String token(String subject, String id, Instant issued) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k").build(),
            new JWTClaimsSet.Builder()
                .subject(subject)
                .jwtID(id)
                .issueTime(Date.from(issued))
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .build());
    jwt.sign(new MACSigner(key));
    return "Bearer " + jwt.serialize();
  }

  private void revokesTokens() throws Exception {
    Instant hourAgo = Instant.now().minusSeconds(3_600);
    String first = token("dave", "t-1", hourAgo);
    String second = token("dave", "t-2", hourAgo);
    String fresh = token("dave", "t-3", Instant.now().minusSeconds(60));
    JsonSocket one = client(1, "Authorization", first);
    JsonSocket two = client(1, "Authorization", second);
    JsonSocket three = client(1, "Authorization", fresh);
    json(admin(0, "POST", "/admin/v1/revocations", "{\"jti\":\"t-1\"}"), 201);
    assertThat(one.closed()).isEqualTo("4502 credentials were revoked");
    assertThat(mine(1, "Authorization", first).statusCode()).isEqualTo(401);
    assertThat(mine(1, "Authorization", second).statusCode()).isEqualTo(200);
    assertThat(two.isOpen()).isTrue();
    String order = "{\"subject\":\"dave\",\"issuedBefore\":\"" + hourAgo.plusSeconds(1_800) + "\"}";
    json(admin(0, "POST", "/admin/v1/revocations", order), 201);
    assertThat(two.closed()).isEqualTo("4502 credentials were revoked");
    assertThat(mine(1, "Authorization", second).statusCode()).isEqualTo(401);
    assertThat(mine(1, "Authorization", fresh).statusCode()).isEqualTo(200);
    assertThat(three.isOpen()).isTrue();
  }

  private void bansAConsumer() throws Exception {
    JsonSocket carol = client(1, "X-API-Key", "carol-key");
    String order = "{\"consumer\":\"carol\",\"reason\":\"crawls\",\"seconds\":600}";
    JsonNode ban = json(admin(0, "POST", "/admin/v1/bans", order), 201);
    assertThat(Instant.parse(ban.path("expiresAt").asText()))
        .isBetween(Instant.now().plusSeconds(500), Instant.now().plusSeconds(600));
    assertThat(carol.closed()).isEqualTo("4504 banned: crawls");
    HttpResponse<String> refused = mine(1, "X-API-Key", "carol-key");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(JSON.readTree(refused.body()).path("type").asText()).isEqualTo("/problems/banned");
    assertThat(JSON.readTree(refused.body()).path("detail").asText()).isEqualTo("banned: crawls");
    assertThat(upgrade(1, "X-API-Key", "carol-key")).isEqualTo(403);
    JsonSocket anonymous = client(1);
    anonymous.send("{\"op\":\"login\",\"id\":1,\"apiKey\":\"carol-key\"}");
    assertThat(anonymous.closed()).isEqualTo("4504 banned: crawls");
    assertThat(metric(1, "tidegate_rules_closes_total", "banned-consumer")).isPositive();
    assertThat(metric(1, "tidegate_rules_refusals_total", "banned-consumer")).isPositive();
  }

  private void changesATier() throws Exception {
    JsonSocket alice = client(1, "X-API-Key", "alice-key");
    subscribe(alice, 1, "ticker");
    assertThat(alice.reply("subscribed").path("id").asInt()).isEqualTo(1);
    JsonNode tier = json(admin(0, "PUT", "/admin/v1/tiers/vip", "{\"subscriptions\":1}"), 200);
    assertThat(tier.at("/limits/subscriptions").asInt()).isEqualTo(1);
    assertThat(tier.at("/configured/subscriptions").asInt()).isEqualTo(50);
    long version = tier.path("version").asLong();
    Await.await(
        "the version on the other node",
        () ->
            json(admin(1, "GET", "/admin/v1/tiers/vip", null), 200).path("version").asLong()
                >= version);
    subscribe(alice, 2, "trades");
    assertThat(alice.reply("error").path("code").asText()).isEqualTo("limit");
    json(admin(1, "PATCH", "/admin/v1/tiers/vip", "{\"connectionsPerUser\":1}"), 200);
    assertThat(upgrade(1, "X-API-Key", "alice-key")).isEqualTo(429);
    assertThat(alice.isOpen()).as("who is there stays").isTrue();
    alice.close();
  }

  private static void subscribe(JsonSocket client, int id, String channel) {
    client.send(
        "{\"op\":\"subscribe\",\"id\":%d,\"channels\":[{\"channel\":\"%s\",\"symbol\":\"BTC-USD\"}]}"
            .formatted(id, channel));
  }

  private void whatComesLaterKnows(int node, long version) throws Exception {
    assertThat(mine(node, "X-API-Key", "carol-key").statusCode()).isEqualTo(403);
    assertThat(mine(node, "Authorization", token("dave", "t-1", Instant.now())).statusCode())
        .isEqualTo(401);
    assertThat(upgrade(node, "X-API-Key", "carol-key")).isEqualTo(403);
    JsonNode tier = json(admin(node, "GET", "/admin/v1/tiers/vip", null), 200);
    assertThat(tier.at("/changed/connectionsPerUser").asInt()).isEqualTo(1);
    assertThat(tier.path("version").asLong()).isGreaterThanOrEqualTo(version);
  }

  private void scaledInstancesKnow(int node) throws Exception {
    json(admin(node, "POST", "/admin/v1/roles/STREAM", "{\"instances\":3}"), 200);
    for (int i = 0; i < 12; i++) {
      assertThat(upgrade(node, "X-API-Key", "carol-key")).isEqualTo(403);
    }
  }

  private void bansAndLiftsARange() throws Exception {
    List<JsonSocket> crowd = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      crowd.add(client(2, "X-API-Key", "bob-key"));
      crowd.add(client(1));
    }
    String order = "{\"address\":\"127.0.0.9/8\",\"reason\":\"storm\"}";
    JsonNode ban = json(admin(2, "POST", "/admin/v1/bans", order), 201);
    assertThat(ban.path("address").asText()).isEqualTo("127.0.0.0/8");
    for (JsonSocket client : crowd) {
      assertThat(client.closed()).isEqualTo("4504 banned: storm");
    }
    for (int node = 1; node <= 2; node++) {
      assertThat(mine(node, "X-API-Key", "bob-key").statusCode()).isEqualTo(403);
      assertThat(upgrade(node)).isEqualTo(403);
    }
    json(admin(1, "DELETE", "/admin/v1/bans/" + ban.path("id").asText(), null), 200);
    Await.await("lifted", () -> mine(2, "X-API-Key", "bob-key").statusCode() == 200);
    assertThat(client(1).reply("welcome")).isNotNull();
    order = "{\"address\":\"127.0.0.1\",\"seconds\":1}";
    json(admin(1, "POST", "/admin/v1/bans", order), 201);
    Await.await("expired", () -> mine(2, "X-API-Key", "bob-key").statusCode() == 200);
    Await.await(
        "vanished",
        () -> json(admin(2, "GET", "/admin/v1/bans", null), 200).path("bans").size() == 1);
  }

  private HttpResponse<String> mine(int node, String... headers) throws Exception {
    return GatewayCluster.get(nodes.get(node).http() + "/mine", headers);
  }

  private HttpResponse<String> admin(int node, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(nodes.get(node).admin() + path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private double metric(int node, String name, String cause) throws Exception {
    return GatewayCluster.get(nodes.get(node).admin() + "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains('"' + cause + '"'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The status with which an upgrade is refused. */
  private int upgrade(int node, String... headers) {
    return JsonSocket.refusal(nodes.get(node).stream(), headers).statusCode();
  }

  private JsonSocket client(int node, String... headers) {
    JsonSocket client = JsonSocket.open(nodes.get(node).stream(), headers);
    clients.add(client);
    return client;
  }
}
