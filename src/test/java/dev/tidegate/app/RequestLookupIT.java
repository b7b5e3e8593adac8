package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.app.command.TokenCommand;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.StreamClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A client that lost its connection asks the stream what became of a command. */
class RequestLookupIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(15);

  private static final HttpClient http = HttpClient.newHttpClient();
  private static GatewayProcess dev;

  @BeforeAll
  static void startGateway() throws Exception {
    dev = GatewayProcess.dev("lookup", Map.of("TIDEGATE_LOG_LEVEL", "TRACE"));
  }

  @AfterAll
  static void stopGateway() {
    dev.close();
    http.close();
  }

  private static HttpResponse<String> send(String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(dev.http() + path))
            .timeout(SOON)
            .header("X-API-Key", "alice-key");
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode ask(StreamClient client, String id) throws Exception {
    int before = client.replies().size();
    client.send("{\"op\":\"request\",\"id\":9,\"request\":\"" + id + "\"}");
    Await.await("an answer", SOON, () -> client.replies().size() > before);
    return client.replies().get(before);
  }

  private static void connect(StreamClient client, String query) throws Exception {
    int before = client.replies().size();
    client.connect(dev.stream() + query);
    Await.await("welcome", SOON, () -> client.replies().size() > before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theResultIsThereAfterAReconnectAndForItsOwnerOnly(boolean protobuf) throws Exception {
    try (StreamClient alice = new StreamClient("alice", "alice-key", protobuf);
        StreamClient bob = new StreamClient("bob", "bob-key", protobuf);
        StreamClient nobody = new StreamClient("nobody", null, protobuf)) {
      connect(alice, "");
      HttpResponse<String> accepted =
          send("/v1/orders", "{\"symbol\":\"BTC-USD\",\"price\":\"100.10\",\"size\":\"0.3\"}");
      assertThat(accepted.statusCode()).isEqualTo(202);
      String id = JSON.readTree(accepted.body()).path("id").asText();
      alice.drop();
      assertThat(send("/v1/requests/" + id, null).statusCode()).isEqualTo(200);

      connect(alice, "");
      JsonNode found = ask(alice, id);
      long end = System.nanoTime() + SOON.toNanos();
      while (!found.at("/request/status").asText().equals("completed")) {
        assertThat(System.nanoTime()).as("it ends: " + found).isLessThan(end);
        found = ask(alice, id);
      }
      assertThat(found.path("op").asText()).isEqualTo("request");
      assertThat(found.path("id").asInt()).isEqualTo(9);
      assertThat(found.at("/request/result/status").asInt()).isBetween(200, 299);
      assertThat(JSON.readTree(found.path("request").toString()))
          .isEqualTo(JSON.readTree(send("/v1/requests/" + id, null).body()));

      connect(bob, "");
      JsonNode refused = ask(bob, id);
      assertThat(refused.path("code").asText()).isEqualTo("unknown-request");
      assertThat(ask(bob, "0198c0c4-6b7a-7000-8000-000000000000")).isEqualTo(refused);
      assertThat(ask(bob, "../%2e")).isEqualTo(refused);
      connect(nobody, "");
      assertThat(ask(nobody, id).path("code").asText()).isEqualTo("unauthenticated");
    }
  }

  @Test
  void aTokenInTheUrlIsTakenAndStandsInNoLog() throws Exception {
    StringWriter out = new StringWriter();
    new CommandLine(new TokenCommand())
        .setOut(new PrintWriter(out))
        .execute("--consumer", "alice", "--minutes", "1");
    String token = out.toString().strip();
    try (StreamClient alice = new StreamClient("alice", null)) {
      connect(alice, "?token=" + token);
      assertThat(ask(alice, "none").path("code").asText()).isEqualTo("unknown-request");
      assertThatThrownBy(() -> connect(alice, "?token=wr0ngt0ken"))
          .hasStackTraceContaining("WebSocketHandshakeException");
    }
    assertThat(send("/v1/stream?token=" + token, null).statusCode()).isEqualTo(404);
    assertThat(dev.errors())
        .isNotBlank()
        .doesNotContain(token.substring(token.lastIndexOf('.')))
        .doesNotContain("wr0ngt0ken");
  }
}
