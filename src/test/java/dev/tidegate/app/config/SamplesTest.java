package dev.tidegate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every configuration that the project shows can be loaded as it stands. */
class SamplesTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void whatDevRunsIsValid() throws ConfigException {
    GatewayConfig dev = GatewayFile.dev().read();
    assertThat(dev.routes()).extracting(route -> route.id()).contains("orders", "markets", "echo");
  }

  @Test
  void whatIsDeployedIsValid() throws ConfigException {
    GatewayConfig node =
        GatewayFile.at(Path.of("deploy/tidegate.yaml"))
            .environment(Map.of("TIDEGATE_KAFKA", "k:9092", "TIDEGATE_REDIS", "redis://r:6379"))
            .read();
    assertThat(node.kafka()).isNotNull();
    assertThat(node.redis()).isNotNull();
  }

  @Test
  void whatTheDocumentationShowsIsValid() throws ConfigException, IOException {
    List<String> samples = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(Files.readString(Path.of("docs/configuration.md")));
    while (blocks.find()) {
      samples.add(blocks.group(1));
    }
    assertThat(samples).isNotEmpty();
    for (String sample : samples) {
      ConfigFile.of("configuration.md", sample).read(GatewayConfig.class);
    }
  }

  @Test
  void theRolesOfANodeAreValid() throws ConfigException {
    VerticlesFile file = ConfigFile.at(Path.of("verticles.json")).read(VerticlesFile.class);
    for (Role role : Role.values()) {
      assertThat(file.has(role)).as(role.name()).isTrue();
    }
  }
}
