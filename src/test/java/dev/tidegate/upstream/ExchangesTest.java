package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.config.Settings;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExchangesTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Promise<HttpClientConnection> connecting = Promise.promise();

  private Exchanges exchanges(String... names) {
    List<UpstreamConfig> configs = List.of(names).stream().map(ExchangesTest::config).toList();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    return new Exchanges(
        new UpstreamNode(configs, List.of(), meters, new EventLoops(meters), "test"),
        (upstream, endpoint) -> connecting.future(),
        loop,
        new Random(1));
  }

  private static UpstreamConfig config(String name) {
    String quoted = new JsonWriter().value(name).toString();
    return Settings.of(
        UpstreamConfig.class, "{name: " + quoted + ", endpoints: [{host: h, port: 1}]}");
  }

  private static Forward get(String upstream) {
    return new Forward(upstream, "GET", "/", List.of(), new byte[0], 1_000);
  }

  @Test
  void showsUpstreamsWhateverTheirNames() throws Exception {
    String name = "a\"b\\c\n";
    JsonNode shown = new ObjectMapper().readTree(exchanges(name, "other").show(null));
    assertThat(shown.get("upstreams").findValuesAsText("name"))
        .containsExactlyInAnyOrder(name, "other");
    assertThat(shown.get("upstreams").get(0).get("endpoints").get(0).get("address").asText())
        .isEqualTo("h:1");
  }

  @Test
  void showsOneOfThem() throws Exception {
    JsonNode shown = new ObjectMapper().readTree(exchanges("a", "b").show("b"));
    assertThat(shown.get("upstreams").findValuesAsText("name")).containsExactly("b");
  }

  @Test
  void tellsThatNothingWasSentWhenThereIsNoConnectionInTime() {
    Exchanges exchanges = exchanges("a");
    Future<Forwarded> answer = exchanges.forward(get("a"));
    loop.advance(1_000);
    exchanges.tick();
    assertThat(answer.isComplete()).isFalse();
    loop.advance(1);
    exchanges.tick();
    assertThat(answer.result())
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.problem()).isEqualTo(Problem.UPSTREAM_TIMEOUT);
              assertThat(failed.outcome()).isEqualTo(Outcome.NEVER_SENT);
            });
  }

  @Test
  void whatOneEventLoopFindsOutAllOfTheNodeKnow() throws Exception {
    UpstreamConfig two =
        Settings.of(
            UpstreamConfig.class,
            "{name: a, endpoints: [{host: dead, port: 1}, {host: well, port: 1}]}");
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    UpstreamNode node =
        new UpstreamNode(List.of(two), List.of(), meters, new EventLoops(meters), "test");
    List<String> dialed = new ArrayList<>();
    Dialer dialer =
        (upstream, endpoint) -> {
          dialed.add(endpoint.host());
          return endpoint.host().equals("dead")
              ? Future.failedFuture("refused")
              : Promise.<HttpClientConnection>promise().future();
        };
    Exchanges first = new Exchanges(node, dialer, loop, new Random(1));
    Exchanges second = new Exchanges(node, dialer, loop, new Random(2));
    for (int i = 0; i < 6; i++) {
      first.forward(get("a"));
    }
    assertThat(dialed).filteredOn("dead"::equals).hasSize(3);
    dialed.clear();
    for (int i = 0; i < 6; i++) {
      second.forward(get("a"));
    }
    assertThat(dialed).hasSize(6).containsOnly("well");
    assertThat(new ObjectMapper().readTree(second.show(null)).findValuesAsText("health"))
        .containsExactly("out", "in");
  }

  @Test
  void isDrainedWhenTheLastExchangeIsOver() {
    Exchanges exchanges = exchanges("a");
    exchanges.forward(get("a"));
    Future<Void> drained = exchanges.drain();
    assertThat(drained.isComplete()).isFalse();
    connecting.fail("refused");
    assertThat(drained.succeeded()).isTrue();
  }
}
