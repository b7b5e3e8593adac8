package dev.tidegate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import io.vertx.core.eventbus.EventBusOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How nodes reach each other. */
class ClusterFileTest {
  /** Left to TCP and to the defaults, each of these is a minute or more. */
  @Test
  void noConnectionIsWaitedForLongerThanAMemberThatIsSilent() throws Exception {
    ClusterFile.Joining joining = ClusterFile.read(Path.of("cluster.xml"));
    long most = 1000L * seconds(joining.hazelcast(), "hazelcast.max.no.heartbeat.seconds");
    EventBusOptions bus = joining.bus();
    assertThat(bus.getTcpUserTimeout()).isBetween(1, (int) most);
    assertThat(bus.getConnectTimeout()).isBetween(1, (int) most);
    assertThat(bus.getClusterPingInterval() + bus.getClusterPingReplyInterval())
        .isBetween(1L, most);
    assertThat(1000L * seconds(joining.hazelcast(), "hazelcast.socket.connect.timeout.seconds"))
        .isBetween(1L, most);
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    assertThatThrownBy(() -> ClusterFile.read(Path.of("no-such.xml")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("no-such.xml: no such file (expected a Hazelcast configuration)");
  }

  private static long seconds(Config config, String property) {
    return Long.parseLong(config.getProperty(property));
  }
}
