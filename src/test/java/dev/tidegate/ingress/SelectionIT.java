package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.config.Settings;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import dev.tidegate.upstream.UpstreamConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Region, then load, then success, as callers and operators see it. */
@Timeout(60)
class SelectionIT {
  private static RawBackend named(String name, String more, String body) throws IOException {
    return RawBackend.answering(
        "HTTP/1.1 200 OK\r\nX-Name: %s\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(name, more, body.length(), body));
  }

  private static TestGateway before(String more, RawBackend eu, RawBackend us) {
    String upstream =
        """
        {name: backend, selection: {}, %s endpoints: [
          {host: 127.0.0.1, port: %d, region: eu},
          {host: 127.0.0.1, port: %d, region: us}]}
        """
            .formatted(more, eu.port, us.port);
    return new TestGateway()
        .http("trustedProxies: [127.0.0.1]")
        .region("name: eu, clients: [10.1.0.0/16]")
        .region("name: us, clients: [10.2.0.0/16]")
        .routes(Routes.below("/"))
        .upstream(Settings.of(UpstreamConfig.class, upstream))
        .start();
  }

  private static Answer from(TestGateway gateway, String client) throws IOException {
    Answer answer =
        RawHttp.once(
            gateway.port(),
            "GET / HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-For: " + client + "\r\n\r\n");
    assertThat(answer.status()).isEqualTo(200);
    return answer;
  }

  private static JsonNode shown(TestGateway gateway, int endpoint) throws IOException {
    return gateway.upstreams().path("upstreams").path(0).path("endpoints").path(endpoint);
  }

  @Test
  void clientsStayAtHomeUntilItsEndpointSaysThatItIsFull() throws IOException {
    String full = "Endpoint-Load-Metrics: TEXT cpu_utilization=0.81,mem_utilization=0.2\r\n";
    try (RawBackend eu = named("eu", full, "");
        RawBackend us = named("us", "", "");
        TestGateway gateway = before("", eu, us)) {
      assertThat(from(gateway, "10.2.0.1").header("x-name")).isEqualTo("us");
      Answer first = from(gateway, "10.1.0.1");
      assertThat(first.header("x-name")).isEqualTo("eu");
      assertThat(first.header("endpoint-load-metrics")).as("is for us alone").isNull();
      Await.await(() -> from(gateway, "10.1.0.1").header("x-name").equals("us"));
      JsonNode endpoint = shown(gateway, 0);
      assertThat(endpoint.path("region").asText()).isEqualTo("eu");
      assertThat(endpoint.path("cpuPercent").asInt()).isEqualTo(81);
      assertThat(endpoint.path("passedOver").asText()).contains("CPU", "81 %");
      assertThat(
              gateway
                  .meters
                  .get("tidegate.upstream.endpoint.chosen")
                  .tag("endpoint", "127.0.0.1:" + eu.port)
                  .gauge()
                  .value())
          .isZero();
    }
  }

  @Test
  void checksBringReportsToo() throws IOException {
    try (RawBackend eu = named("eu", "", "{\"status\":\"UP\",\"mem_utilization\":0.93}");
        RawBackend us = named("us", "", "{\"status\":\"UP\",\"mem_utilization\":0.43}");
        TestGateway gateway = before("check: {path: /health},", eu, us)) {
      Await.await(() -> from(gateway, "10.1.0.1").header("x-name").equals("us"));
      assertThat(shown(gateway, 0).path("passedOver").asText()).contains("memory", "93 %");
    }
  }

  @Test
  void theOtherRegionServesWhenTheNearOneIsDown() throws IOException {
    RawBackend eu = named("eu", "", "");
    try (eu;
        RawBackend us = named("us", "", "");
        TestGateway gateway = before("", eu, us)) {
      assertThat(from(gateway, "10.1.0.1").header("x-name")).isEqualTo("eu");
      eu.close();
      for (int i = 0; i < 10; i++) {
        assertThat(from(gateway, "10.1.0.1").header("x-name")).isEqualTo("us");
      }
    }
  }
}
