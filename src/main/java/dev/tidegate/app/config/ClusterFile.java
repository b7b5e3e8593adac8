package dev.tidegate.app.config;

import com.hazelcast.config.Config;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.XmlConfigBuilder;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * Reads {@code cluster.xml}; its {@code ${...}} are environment variables, with the defaults of one
 * machine.
 */
public final class ClusterFile {
  /** The address that this node binds and tells the others. */
  private static final String HOST = "TIDEGATE_CLUSTER_HOST";

  /** The port of this node's event bus; 0 for any free one. */
  private static final String BUS_PORT = "TIDEGATE_BUS_PORT";

  /** How long a connection of the bus may be silent, over all about as long as a member may be. */
  private static final Duration PING = Duration.ofSeconds(2);

  private static final Duration PONG = Duration.ofSeconds(8);

  /**
   * After a cut TCP itself tries again as late as a minute later, and Vert.x closes a connection
   * only when what was written has left: so the system gives it up. A new one is tried often enough
   * to be there within seconds of the mending.
   */
  private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(8);

  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final Map<String, String> DEFAULTS =
      Map.of(
          HOST,
          "127.0.0.1",
          "TIDEGATE_CLUSTER_PORT",
          "5701",
          "TIDEGATE_MEMBERS",
          "127.0.0.1",
          BUS_PORT,
          "0");

  /**
   * How the node finds the others, and where its event bus listens: at the address of the cluster,
   * and known to the others by the public one where the file names one.
   */
  public record Joining(Config hazelcast, EventBusOptions bus) {}

  private ClusterFile() {}

  /** Checked here, because a missing file would silently fall back to multicast. */
  public static Joining read(Path file) throws ConfigException {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(file + ": no such file (expected a Hazelcast configuration)");
    }
    Properties properties = new Properties();
    DEFAULTS.forEach((name, value) -> properties.setProperty(name, setting(name)));
    try (InputStream in = Files.newInputStream(file)) {
      Config config = new XmlConfigBuilder(in).setProperties(properties).build();
      return new Joining(config, bus(config));
    } catch (IOException | InvalidConfigurationException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    }
  }

  private static EventBusOptions bus(Config config) throws ConfigException {
    String host = setting(HOST);
    String named = config.getNetworkConfig().getPublicAddress();
    String announced = named == null ? host : HostAndPort.parseAuthority(named, 0).host();
    return new EventBusOptions()
        .setHost(host)
        .setPort(port())
        .setClusterPublicHost(announced)
        .setConnectTimeout((int) CONNECT.toMillis())
        .setTcpUserTimeout((int) UNACKNOWLEDGED.toMillis())
        .setClusterPingInterval(PING.toMillis())
        .setClusterPingReplyInterval(PONG.toMillis());
  }

  private static int port() throws ConfigException {
    String port = setting(BUS_PORT);
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new ConfigException(BUS_PORT + ": " + port + " (expected 0..65535)");
    }
    return Integer.parseInt(port);
  }

  private static String setting(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank()
        ? System.getProperty(name, DEFAULTS.getOrDefault(name, ""))
        : value;
  }
}
