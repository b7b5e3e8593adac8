package dev.tidegate.app.config;

import com.hazelcast.config.Config;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.XmlConfigBuilder;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * Reads {@code cluster.xml}; its {@code ${...}} are environment variables, with the defaults of one
 * machine.
 */
public final class ClusterFile {
  /** The address that this node binds and tells the others. */
  public static final String HOST = "TIDEGATE_CLUSTER_HOST";

  private static final Map<String, String> DEFAULTS =
      Map.of(HOST, "127.0.0.1", "TIDEGATE_CLUSTER_PORT", "5701", "TIDEGATE_MEMBERS", "127.0.0.1");

  private ClusterFile() {}

  /** Checked here, because a missing file would silently fall back to multicast. */
  public static ClusterManager manager(Path file) throws ConfigException {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(file + ": no such file (expected a Hazelcast configuration)");
    }
    Properties properties = new Properties();
    DEFAULTS.forEach((name, value) -> properties.setProperty(name, setting(name)));
    try (InputStream in = Files.newInputStream(file)) {
      Config config = new XmlConfigBuilder(in).setProperties(properties).build();
      return new HazelcastClusterManager(config);
    } catch (IOException | InvalidConfigurationException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    }
  }

  public static String setting(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank()
        ? System.getProperty(name, DEFAULTS.getOrDefault(name, ""))
        : value;
  }
}
