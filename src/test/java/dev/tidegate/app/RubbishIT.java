package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.RawWebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is thrown at a running gateway: a clear, coded error each time, and the process goes on.
 */
class RubbishIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static GatewayProcess dev;

  @BeforeAll
  static void startGateway() throws Exception {
    dev = GatewayProcess.dev("rubbish", Map.of());
  }

  @AfterAll
  static void stopGateway() {
    dev.close();
  }

  @AfterEach
  void goesOn() throws Exception {
    assertThat(GatewayCluster.get(dev.http() + "/v1/echo").statusCode()).isEqualTo(200);
    try (RawWebSocket socket = RawWebSocket.open(dev.stream())) {
      assertThat(socket.nextText()).contains("\"welcome\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"op\":\"subscribe\" | malformed-json",
        "[1,2,3] | bad-request",
        "nonsense | malformed-json",
        "{\"op\":\"dance\",\"id\":1} | unknown-op",
        "{\"id\":1} | unknown-op",
        "{\"op\":\"subscribe\",\"id\":1} | bad-request",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":\"all\"} | bad-request",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"book\"}]} | bad-request",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"book\",\"symbol\":7}]} | bad-request",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"books\",\"symbol\":\"BTC-USD\"}]} | unknown-channel",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"book\",\"symbol\":\"NO-SUCH\"}]} | unknown-symbol",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"book\",\"symbol\":\"BTC-USD\",\"window\":7}]} | bad-request",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"book\",\"symbol\":\"BTC-USD\",\"depth\":-1}]} | bad-request",
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"requests\"}]} | unauthenticated",
        "{\"op\":\"login\",\"id\":1,\"token\":\"nonsense\"} | unauthenticated"
      })
  void aMessageThatMakesNoSenseGetsACodedError(String message, String code) throws Exception {
    try (RawWebSocket socket = RawWebSocket.open(dev.stream())) {
      socket.nextText();
      socket.sendText(message);
      JsonNode error = JSON.readTree(socket.nextText());
      assertThat(error.path("op").asText()).isEqualTo("error");
      assertThat(error.path("code").asText()).as(error.toString()).isEqualTo(code);
      assertThat(error.path("detail").asText()).isNotBlank();
      socket.sendText("{\"op\":\"ping\",\"id\":9}");
      assertThat(socket.nextText()).contains("\"pong\"");
    }
  }

  @Test
  void tenMegabytesInOneFrameAreRefusedWithACloseCode() throws Exception {
    try (RawWebSocket socket = RawWebSocket.open(dev.stream())) {
      socket.nextText();
      socket.sendHeader(0x81, 10 * 1024 * 1024);
      assertThat(socket.closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void textThatIsNotUtf8IsRefusedWithACloseCode() throws Exception {
    try (RawWebSocket socket = RawWebSocket.open(dev.stream())) {
      socket.nextText();
      socket.send(0x81, new byte[] {'{', (byte) 0xC3, (byte) 0x28});
      assertThat(socket.closeCode()).isEqualTo(1007);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x83, 0x8B, 0xC1, 0xF1})
  void framesThatTheProtocolDoesNotKnowAreRefused(int head) throws Exception {
    try (RawWebSocket socket = RawWebSocket.open(dev.stream())) {
      socket.nextText();
      socket.send(head, new byte[] {'x'});
      assertThat(socket.closeCode()).isEqualTo(1002);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /nowhere HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n | 404",
        "DELETE /v1/orders HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n | 405",
        "POST /v1/orders HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\n{} | 401",
        "GET /v1/echo HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | 400",
        "GET /v1/echo HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5\\r\\nContent-Length: 6\\r\\n\\r\\n123456 | 400",
        "POST /v1/echo HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n | 400",
        "POST /v1/echo HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999999\\r\\n\\r\\n | 413",
        "FOO BAR BAZ\\r\\n\\r\\n | 400"
      })
  void aRequestThatMakesNoSenseGetsAProblem(String request, int status) throws Exception {
    String answer = raw(request.replace("\\r", "\r").replace("\\n", "\n"));
    assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*application/problem.json.*");
    JsonNode problem = JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("type").asText()).startsWith("/problems/");
  }

  @Test
  void headersAndLinesThatAreTooLongGetAProblem() throws Exception {
    assertThat(
            raw("GET /v1/echo HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(20_000) + "\r\n\r\n"))
        .contains(" 431 ", "application/problem+json");
    assertThat(raw("GET /v1/echo?" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .contains(" 414 ", "application/problem+json");
  }

  private static String raw(String request) throws IOException {
    URI at = URI.create(dev.http());
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      StringBuilder answer = new StringBuilder();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      while (!whole(answer)) {
        int read = in.read(buffer);
        if (read < 0) {
          break;
        }
        answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
      }
      return answer.toString();
    }
  }

  private static boolean whole(StringBuilder answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String head = answer.substring(0, end).toLowerCase(java.util.Locale.ROOT);
    int at = head.indexOf("content-length: ");
    if (at < 0) {
      return false;
    }
    int stop = head.indexOf('\r', at) < 0 ? head.length() : head.indexOf('\r', at);
    return answer.length() - end - 4 >= Integer.parseInt(head.substring(at + 16, stop).trim());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http: {port: 99999} | :1: http.port: 99999 (expected",
        "htttp: {port: 1} | :1: htttp: unknown property (expected one of",
        "routes: [{id: a, path: /a, upstream: none}] | routes[0].upstream: none (expected one of",
        "http: {port: many} | :1: http.port",
        "http: [1 | :",
        "market: {feed: rumour} | market.feed: rumour (expected one of"
      })
  void configurationThatMakesNoSenseIsRefusedWithItsLine(
      String yaml, String complaint, @TempDir Path folder) throws Exception {
    Path config = Files.writeString(folder.resolve("tidegate.yaml"), yaml + "\n");
    GatewayProcess check =
        GatewayProcess.start("check", Map.of(), List.of("check", "--config", config.toString()));
    assertThat(check.exitCode(30)).isEqualTo(1);
    assertThat(check.errors()).contains("tidegate.yaml:").contains(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"roles\":[{\"role\":\"DANCE\",\"instances\":1}]} | roles[0].role: DANCE (expected one of",
        "{\"roles\":[{\"role\":\"STREAM\",\"instances\":0}]} | roles[0].instances: 0 (expected 1..64)",
        "{\"roles\":[{\"role\":\"STREAM\",\"instances\":\"two\"}]} | roles[0].instances",
        "{\"roles\":[]} | roles: empty (expected at least one role)"
      })
  void verticlesThatMakeNoSenseStopTheStart(String json, String complaint, @TempDir Path folder)
      throws Exception {
    Path config = Files.writeString(folder.resolve("tidegate.yaml"), "node: n1\n");
    Path verticles = Files.writeString(folder.resolve("verticles.json"), json);
    GatewayProcess node =
        GatewayProcess.start(
            "verticles",
            Map.of(),
            List.of("run", "--config", config.toString(), "--verticles", verticles.toString()));
    assertThat(node.exitCode(30)).isEqualTo(1);
    assertThat(node.errors()).contains("verticles.json:1: ").contains(complaint);
  }

  @Test
  void aTakenPortStopsTheStartWithOneClearLine(@TempDir Path folder) throws Exception {
    int taken = URI.create(dev.http()).getPort();
    Path config =
        Files.writeString(
            folder.resolve("tidegate.yaml"), "http: {host: 127.0.0.1, port: " + taken + "}\n");
    Path verticles =
        Files.writeString(
            folder.resolve("verticles.json"),
            "{\"roles\":[{\"role\":\"INGRESS\",\"instances\":1}]}");
    GatewayProcess node =
        GatewayProcess.start(
            "taken",
            Map.of(),
            List.of("run", "--config", config.toString(), "--verticles", verticles.toString()));
    assertThat(node.exitCode(60)).isEqualTo(1);
    assertThat(node.errors()).contains("Address already in use").contains(Integer.toString(taken));
  }

  @Test
  void rolesThatMakeNoSenseAreRefusedByTheAdminListener() throws Exception {
    HttpResponse<String> answer = GatewayCluster.get(dev.admin() + "/admin/v1/roles");
    assertThat(answer.statusCode()).isEqualTo(200);
    Await.await(
        "the gateway says that it is ready",
        Duration.ofSeconds(5),
        () -> {
          try {
            return GatewayCluster.get(dev.admin() + "/health/ready").statusCode() == 200;
          } catch (IOException | InterruptedException e) {
            return false;
          }
        });
  }
}
