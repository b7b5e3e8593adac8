package dev.tidegate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "drain: soon | t.yaml:2: drain: soon (expected a duration such as 250ms, 5s, 10m, 24h)",
        "eventLoops: 0 | t.yaml:2: eventLoops: 0 (expected 1..256)",
        "wings: 2 | t.yaml:2: wings: unknown property (expected one of admin, auth, commands,",
        "redis: {uri: 'http://x'} | t.yaml:2: redis.uri: *** (expected redis://host:port)",
        "kafka: {} | t.yaml:2: kafka.bootstrapServers: missing (expected host:port",
        "auth: {signatureWindow: 1h} | t.yaml:2: auth.signatureWindow: 1h (expected 1ms..5m)",
        "auth: {consumers: [{name: a, signingKeys: [{id: k, publicKey: x}]}]}"
            + " | t.yaml:2: auth.consumers[0].signingKeys[0].publicKey: *** (expected an Ed25519",
        "http: {tls: {port: 70000, key: k, cert: c}} | t.yaml:2: http.tls.port: 70000 (expected 0..65535)",
        "routes: [{id: a, path: /a, fixed: {}, auth: apiKey, onFailure: {auth: open}}]"
            + " | t.yaml:2: routes[0].onFailure.auth: open (expected closed: the route demands credentials)",
        "regions: [{name: eu, clients: [10.0.0.0/40]}] | t.yaml:2: regions[0].clients: 10.0.0.0/40 (expected an address or a range",
        "upstreams: [{name: u, endpoints: [{host: h, port: 1}], selection: {maxCpu: 101}}]"
            + " | t.yaml:2: upstreams[0].selection.maxCpu: 101 (expected 1..100)",
        "routes: [{id: a, path: /a, fixed: {}, stream: {}}]"
            + " | t.yaml:2: routes[0].stream: given (expected an upstream beside it)",
        "routes: [{id: a, path: /a, upstream: u, stream: {}, idle: 1s}]"
            + " | t.yaml:2: routes[0].idle: 1s (expected stream.idle, where there is a stream)",
        "http: [ | t.yaml:"
      })
  void namesTheLineThePathTheValueAndTheExpectation(String line, String complaint) {
    assertThatThrownBy(
            () -> ConfigFile.of("t.yaml", "node: n1\n" + line + "\n").read(GatewayConfig.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(complaint);
  }

  @Test
  void findsTheLineOfAnItemDeepInAList() {
    String yaml =
        """
        upstreams:
          - name: a
            endpoints: [{host: h, port: 1}]
          - name: b
            endpoints:
              - {host: h, port: 1}
              - {host: h, port: 0}
        """;
    assertThatThrownBy(() -> ConfigFile.of("t.yaml", yaml).read(GatewayConfig.class))
        .hasMessage("t.yaml:7: upstreams[1].endpoints[1].port: 0 (expected 1..65535)");
  }

  @Test
  void putsWhatTheCommandLineSaysOverTheFile() throws ConfigException {
    GatewayConfig config =
        ConfigFile.of("t.yaml", "http: {port: 1}\n")
            .read(GatewayConfig.class, Map.of("http.port", 2, "kafka.bootstrapServers", "k:1"));
    assertThat(config.http().port()).isEqualTo(2);
    assertThat(config.kafka()).isNotNull();
  }

  /** Overrides go through a tree, and YAML 1.1 takes a bare {@code off} for false. */
  @Test
  void takesOffForTheWordThatItIs() throws ConfigException {
    for (String text : new String[] {"node: n1\n", "http: {accessLog: off}\n"}) {
      ConfigFile file = ConfigFile.of("t.yaml", text);
      assertThat(file.read(GatewayConfig.class).http().accessLog()).isEqualTo("off");
      assertThat(file.read(GatewayConfig.class, Map.of("http.port", 2)).http().accessLog())
          .isEqualTo("off");
    }
  }

  @Test
  void neverShowsAPassword() throws ConfigException {
    GatewayConfig config =
        ConfigFile.of("t.yaml", "redis: {uri: 'redis://user:secret@host:1'}\n")
            .read(GatewayConfig.class);
    assertThat(config.redis()).hasToString("Redis[redis://***@host:1]");
  }
}
