package dev.tidegate.app.config;

import dev.tidegate.config.Mistakes;
import dev.tidegate.ingress.IngressConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The configuration file with what the command line and the environment put over it. */
public final class GatewayFile {
  private final ConfigFile file;
  private final Map<String, Object> replaced = new LinkedHashMap<>();

  private GatewayFile(ConfigFile file) {
    this.file = file;
  }

  public static GatewayFile at(Path path) throws ConfigException {
    return new GatewayFile(ConfigFile.at(path));
  }

  /** The sample configuration that {@code dev} runs. */
  public static GatewayFile dev() throws ConfigException {
    String name = "dev.yaml";
    try (InputStream in =
        Objects.requireNonNull(GatewayFile.class.getResourceAsStream("/" + name))) {
      return new GatewayFile(
          ConfigFile.of(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new ConfigException(name + ": " + e.getMessage());
    }
  }

  static GatewayFile of(String name, String text) {
    return new GatewayFile(ConfigFile.of(name, text));
  }

  public GatewayFile set(String path, Object value) {
    replaced.put(path, value);
    return this;
  }

  public GatewayFile environment(Map<String, String> environment) {
    String kafka = environment.get("TIDEGATE_KAFKA");
    if (kafka != null && !kafka.isBlank()) {
      set("kafka.bootstrapServers", kafka);
    }
    String redis = environment.get("TIDEGATE_REDIS");
    if (redis != null && !redis.isBlank()) {
      set("redis.uri", redis);
    }
    String node = environment.get("TIDEGATE_NODE");
    if (node != null && !node.isBlank()) {
      set("node", node);
    }
    return this;
  }

  /**
   * Reads it all. A port of 0 becomes a free one here, because the instances of a role share one.
   */
  public GatewayConfig read() throws ConfigException {
    GatewayConfig config = checked(false);
    IngressConfig http = config.http();
    choosePort("http.port", http.port());
    if (http.tls() != null) {
      choosePort("http.tls.port", http.tls().port());
    }
    choosePort("stream.port", config.stream().port());
    if (config.stream().tls() != null) {
      choosePort("stream.tls.port", config.stream().tls().port());
    }
    choosePort("admin.port", config.admin().port());
    return file.read(GatewayConfig.class, replaced);
  }

  /** Says all that is wrong, also with the files that are named in it. */
  public void check() throws ConfigException {
    checked(true);
  }

  private GatewayConfig checked(boolean open) throws ConfigException {
    ConfigFile.Reading<GatewayConfig> reading = file.readAll(GatewayConfig.class, replaced);
    List<String> all = new ArrayList<>(reading.mistakes());
    GatewayConfig config = reading.value();
    Mistakes mistakes = new Mistakes();
    if (config != null && reading.whole()) {
      CrossChecks.of(config, mistakes);
    }
    if (config != null && open) {
      config.open(mistakes);
    }
    for (Mistakes.Mistake each : mistakes.found()) {
      all.add(file.error(each.path(), each.problem()));
    }
    if (config == null || !all.isEmpty()) {
      throw new ConfigException(String.join("\n", all));
    }
    return config;
  }

  private void choosePort(String path, int port) throws ConfigException {
    if (port == 0) {
      set(path, Ports.take());
    }
  }
}
