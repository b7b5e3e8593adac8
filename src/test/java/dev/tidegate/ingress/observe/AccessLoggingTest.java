package dev.tidegate.ingress.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.ingress.Routes;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.StandInExchange;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.RouteTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLoggingTest {
  @TempDir private Path folder;

  private final SteppedLoop loop = new SteppedLoop();
  private final RouteTable routes =
      new RouteTable(List.of(Routes.of("id: 'a\"b', prefix: /, upstream: u")));

  private List<JsonNode> logged(StandInExchange... exchanges) throws Exception {
    Path file = folder.resolve("access.log");
    AccessLog.Lines lines =
        new AccessLog.Lines(AccessLog.open(file.toString(), new SimpleMeterRegistry()));
    AccessLogging logging = new AccessLogging(lines, routes, loop);
    for (StandInExchange exchange : exchanges) {
      logging.onEnd(exchange);
    }
    lines.flush();
    lines.close();
    ObjectMapper json = new ObjectMapper();
    return Files.readAllLines(file).stream().map(line -> read(json, line)).toList();
  }

  private static JsonNode read(ObjectMapper json, String line) {
    try {
      return json.readTree(line);
    } catch (java.io.IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void writesALineOfJsonForEachRequest() throws Exception {
    loop.advance(1_234);
    StandInExchange answered =
        StandInExchange.get("/x").on(0).from(new Identity("al\"ice", "a", "t", Set.of(), 0, "k"));
    answered.path("/caf\u00e9\n");
    answered.requestId("r-1");
    StandInExchange refused = StandInExchange.get("/y");
    refused.refuse(Problem.NOT_FOUND, "nothing");
    List<JsonNode> lines = logged(answered, refused);
    assertThat(lines).hasSize(2);
    JsonNode first = lines.get(0);
    assertThat(first.get("requestId").asText()).isEqualTo("r-1");
    assertThat(first.get("path").asText()).isEqualTo("/caf\u00e9\n");
    assertThat(first.get("route").asText()).isEqualTo("a\"b");
    assertThat(first.get("upstream").asText()).isEqualTo("u");
    assertThat(first.get("consumer").asText()).isEqualTo("al\"ice");
    assertThat(first.get("ms").asDouble()).isEqualTo(loop.nanos() / 1e6);
    JsonNode second = lines.get(1);
    assertThat(second.get("route").asText()).isEqualTo("none");
    assertThat(second.has("upstream")).isFalse();
    assertThat(second.get("status").asInt()).isEqualTo(404);
    assertThat(second.get("cause").asText()).isEqualTo("not-found");
  }

  @Test
  void cutsWhatIsTooLongForALine() throws Exception {
    StandInExchange exchange = StandInExchange.get("/");
    exchange.path("\u0001".repeat(5_000));
    assertThat(logged(exchange).get(0).get("path").asText()).hasSize(512);
  }
}
