package dev.tidegate.app;

import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayProcess;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of endpoints in the gateway as it is shipped, with what its jar holds. */
class CheckedUpstreamIT {
  @TempDir private Path folder;

  @Test
  void findsADeadEndpointWithoutACaller() throws Exception {
    int closed;
    try (ServerSocket taken = new ServerSocket(0)) {
      closed = taken.getLocalPort();
    }
    Path config =
        Files.writeString(
            folder.resolve("tidegate.yaml"),
            """
            http: {host: 127.0.0.1, port: 0}
            admin: {port: 0}
            upstreams: [{name: a, endpoints: [{host: 127.0.0.1, port: %d}], check: {path: /}}]
            """
                .formatted(closed));
    Path verticles =
        Files.writeString(
            folder.resolve("verticles.json"),
            """
            {"roles": [{"role": "UPSTREAM", "instances": 1}, {"role": "ADMIN", "instances": 1}]}
            """);
    try (HttpClient http = HttpClient.newHttpClient();
        GatewayProcess gateway =
            GatewayProcess.start(
                    "checked",
                    Map.of(),
                    List.of(
                        "run", "--config", config.toString(), "--verticles", verticles.toString()))
                .awaitReady()) {
      HttpRequest view =
          HttpRequest.newBuilder(URI.create(gateway.admin() + "/admin/v1/upstreams")).build();
      Await.await(
          () ->
              http.send(view, HttpResponse.BodyHandlers.ofString())
                  .body()
                  .contains("checks failed in a row"));
    }
  }
}
