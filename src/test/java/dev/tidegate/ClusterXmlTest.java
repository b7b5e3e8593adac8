package dev.tidegate;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MultiMapConfig.ValueCollectionType;
import com.hazelcast.config.XmlConfigBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The cluster file that we ship, read by Hazelcast itself. */
class ClusterXmlTest {
  private static Config load() throws Exception {
    Properties names = new Properties();
    names.setProperty("TIDEGATE_CLUSTER_HOST", "127.0.0.1");
    names.setProperty("TIDEGATE_CLUSTER_PORT", "5711");
    names.setProperty("TIDEGATE_MEMBERS", "127.0.0.1:5711,127.0.0.1:5712");
    try (InputStream in = Files.newInputStream(Path.of("cluster.xml"))) {
      return new XmlConfigBuilder(in).setProperties(names).build();
    }
  }

  @Test
  void joinsOnlyWhoIsNamed() throws Exception {
    JoinConfig join = load().getNetworkConfig().getJoin();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().getMembers())
        .containsExactly("127.0.0.1:5711", "127.0.0.1:5712");
  }

  @Test
  void listensOnOneAddressAndFindsAFreePort() throws Exception {
    Config config = load();
    assertThat(config.getClusterName()).isEqualTo("tidegate");
    assertThat(config.getNetworkConfig().getPort()).isEqualTo(5711);
    assertThat(config.getNetworkConfig().isPortAutoIncrement()).isTrue();
    assertThat(config.getNetworkConfig().getInterfaces().getInterfaces())
        .containsExactly("127.0.0.1");
    assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
  }

  @Test
  void noticesADeadNodeInTenSeconds() throws Exception {
    assertThat(load().getProperty("hazelcast.heartbeat.interval.seconds")).isEqualTo("1");
    assertThat(load().getProperty("hazelcast.max.no.heartbeat.seconds")).isEqualTo("10");
  }

  @Test
  void looksForTheOtherHalfOfASplitEverySecond() throws Exception {
    assertThat(load().getProperty("hazelcast.merge.first.run.delay.seconds")).isEqualTo("1");
    assertThat(load().getProperty("hazelcast.merge.next.run.delay.seconds")).isEqualTo("1");
    assertThat(load().getProperty("hazelcast.socket.connect.timeout.seconds")).isEqualTo("5");
  }

  @Test
  void keepsTheRulesOnThreeNodes() throws Exception {
    assertThat(load().getMapConfig("tidegate.rules").getBackupCount()).isEqualTo(2);
  }

  @Test
  void keepsTheRegistrationsAsTheEventBusNeedsThem() throws Exception {
    Config config = load();
    assertThat(config.getMultiMapConfig("__vertx.subs").getValueCollectionType())
        .isEqualTo(ValueCollectionType.SET);
    assertThat(config.getMultiMapConfig("__vertx.subs").getBackupCount()).isEqualTo(1);
    assertThat(config.getMapConfigs()).containsKeys("__vertx.haInfo", "__vertx.nodeInfo");
  }
}
