package dev.tidegate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can never work is said before anything starts: all of it, each with its line. */
class GatewayFileTest {
  @TempDir private Path folder;

  private static List<String> mistakes(String yaml) {
    return mistakes(GatewayFile.of("t.yaml", yaml));
  }

  private static List<String> mistakes(GatewayFile file) {
    try {
      file.check();
      return List.of();
    } catch (ConfigException e) {
      return e.getMessage().lines().toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "routes: [{id: a, path: /a, upstream: b}] | routes[0].upstream: b (expected one of [])",
        "routes: [{id: a, path: /a, local: markets}, {id: a, path: /b, local: markets}]"
            + " | routes[1].id: a (expected each id once)",
        "routes: [{id: a, path: /a, local: markets}, {id: b, path: /a, local: markets}]"
            + " | routes[1].path: /a (expected another match than routes[0] has, which takes every",
        "routes: [{id: a, path: '/a/{x}', methods: [GET], local: markets},"
            + " {id: b, path: '/a/{y}', methods: [POST, GET], local: markets}]"
            + " | routes[1].path: /a/{y} (expected another match than routes[0] has, which takes GET",
        "routes: [{id: a, prefix: /a, local: markets}, {id: b, prefix: /a/, local: markets}]"
            + " | routes[1].prefix: /a/ (expected another match than routes[0] has",
        "routes: [{id: a, prefix: /a, strip: /b, local: markets}]"
            + " | routes[0].strip: /b (expected the first segments of the path or prefix)",
        "routes: [{id: a, prefix: /ab, strip: /a, local: markets}]"
            + " | routes[0].strip: /a (expected the first segments of the path or prefix)",
        "routes: [{id: a, host: 'http://a.example', path: /a, local: markets}]"
            + " | routes[0].host: http://a.example (expected a name or *.name, no port)",
        "routes: [{id: a, path: /a, local: markets, auth: API_KEY}] | routes[0].auth: API_KEY (expected one of none, apiKey,",
        "upstreams: [{name: a, endpoints: [{host: 'http://a', port: 1}]}]"
            + " | upstreams[0].endpoints[0].host: http://a (expected a name or an address, without",
        "upstreams: [{name: a, endpoints: []}] | upstreams[0].endpoints: [] (expected one or more)",
        "http: {host: 'localhost:80'} | http.host: localhost:80 (expected a name or an address",
        "http: {port: 8090} | stream.port: 8090 (expected another port than http.port)",
        "stream: {port: 9090} | admin.port: 9090 (expected another port than stream.port)",
        "regions: [{name: eu, next: [us]}] | regions[0].next: us (expected one of [eu])",
        "upstreams: [{name: u, endpoints: [{host: h, port: 1, region: eu}]}]"
            + " | upstreams[0].endpoints[0].region: eu (expected one of [])",
        "market: {feed: kafka} | market.feed: kafka (expected kafka.bootstrapServers beside it",
        "market: {feed: capture, capture: {path: nowhere.log}}"
            + " | market.capture.path: nowhere.log (expected a file)",
        "market: {feed: capture, capture: {path: pom.xml}}"
            + " | market.capture.path: pom.xml (expected a recording that can be read:",
        "http: {accessLog: nowhere/access.log} | http.accessLog: nowhere/access.log (expected off,",
        "http: {accessLog: src} | http.accessLog: src (expected off, stdout or a file that can",
        "auth: {jwt: {jwks: nowhere.json}} | auth.jwt.jwks: nowhere.json (expected a readable JSON",
        "auth: {jwt: {jwks: pom.xml}} | auth.jwt.jwks: pom.xml (expected a readable JSON Web Key Set",
        "auth: {consumers: [{name: a, key: k}, {name: b, key: k}]}"
            + " | auth.consumers[1].key: *** (expected a key that is not one of a already)",
        "auth: {consumers: [{name: a, tier: gold}]}, stream: {tiers: {vip: {}}}"
            + " | auth.consumers[0].tier: gold (expected one of [vip], or default in stream.tiers)",
        "stream: {tiers: {vip: {channels: [boook]}}}"
            + " | stream.tiers.vip.channels: boook (expected some of [book, candles,",
        "http: {tls: {key: nowhere.pem, cert: nowhere.pem}}"
            + " | http.tls.key: nowhere.pem (expected a PEM file)",
        "stream: {tls: {key: pom.xml, cert: pom.xml}}"
            + " | stream.tls: pom.xml, pom.xml (expected the PEM files of a private key and its",
        "routes: 7 | routes: 7 (expected a list)",
        "http: [] | http: a list (expected a mapping)",
        "eventLoops: many | eventLoops: many (expected a whole number)",
      })
  void findsWhatCanNeverWork(String yaml, String complaint) {
    assertThat(mistakes("{" + yaml + "}"))
        .singleElement()
        .asString()
        .startsWith("t.yaml:1: " + complaint);
  }

  @Test
  void saysAllAtOnceEachWithItsLine() {
    String yaml =
        """
        http: {port: http}
        wings: 2
        routes:
          - {id: a, path: /a, upstream: b, local: markets}
          - {id: b, path: /b, local: nothing}
          - {id: c, path: /c, strip: /d, local: markets}
        upstreams:
          - {name: u, endpoints: [{host: h, port: 0}]}
        kafka: {}
        drain: soon
        """;
    assertThat(mistakes(yaml))
        .extracting(line -> line.replaceFirst("(t.yaml:\\d+: [^:]*): .*", "$1"))
        .containsExactlyInAnyOrder(
            "t.yaml:1: http.port",
            "t.yaml:2: wings",
            "t.yaml:4: routes[0].target",
            "t.yaml:5: routes[1].local",
            "t.yaml:6: routes[2].strip",
            "t.yaml:8: upstreams[0].endpoints[0].port",
            "t.yaml:9: kafka.bootstrapServers",
            "t.yaml:10: drain");
  }

  @Test
  void saysWhatPartsSayOfOneAnotherAllAtOnce() {
    String yaml =
        """
        http: {port: 8090}
        routes:
          - {id: a, path: /a, upstream: b}
          - {id: b, path: /a, local: markets}
        """;
    assertThat(mistakes(yaml)).hasSize(3);
  }

  /** A port is another's neighbour only on the same address. */
  @Test
  void takesOnePortOnTwoAddresses() {
    assertThat(mistakes("{http: {host: 127.0.0.1, port: 1}, stream: {host: 127.0.0.2, port: 1}}"))
        .isEmpty();
    assertThat(mistakes("{http: {port: 0}, stream: {port: 0}}")).isEmpty();
  }

  @Test
  void takesRoutesOfOnePathAndOtherMethods() {
    String yaml =
        """
        routes:
          - {id: a, path: /a, methods: [GET], local: markets}
          - {id: b, path: /a, methods: [POST], local: markets}
          - {id: c, path: /a, local: markets}
          - {id: d, prefix: /a, local: markets}
          - {id: e, host: a.example, path: /a, local: markets}
        """;
    assertThat(mistakes(yaml)).isEmpty();
  }

  @Test
  void whatTheEnvironmentSaysCounts() throws Exception {
    Path file = Files.writeString(folder.resolve("t.yaml"), "market: {feed: kafka}\n");
    assertThat(mistakes(GatewayFile.at(file))).hasSize(1);
    assertThat(
            mistakes(GatewayFile.at(file).environment(java.util.Map.of("TIDEGATE_KAFKA", "k:1"))))
        .isEmpty();
  }

  /** A tool beside the gateway reads the same file where its certificates are not. */
  @Test
  void opensNoFilesUnlessItIsChecked() throws ConfigException {
    GatewayFile file = GatewayFile.of("t.yaml", "auth: {jwt: {jwks: nowhere.json}}");
    assertThat(file.read().auth().jwt()).isNotNull();
    assertThatThrownBy(file::check).isInstanceOf(ConfigException.class);
  }
}
