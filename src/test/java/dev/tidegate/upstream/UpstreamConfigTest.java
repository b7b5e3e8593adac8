package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamConfigTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: u}                                                       | endpoints: []",
        "{name: u, endpoints: [{host: h, port: 0}]}                      | port: 0",
        "{name: u, endpoints: [{host: a, port: 1}], maxConnections: 0}   | maxConnections: 0",
        "{name: u, endpoints: [{host: a, port: 1}], timeout: 0s}         | timeout: 0s",
        "{name: u, endpoints: [{host: a, port: 1, weight: 0}]}           | weight: 0",
        "{name: u, endpoints: [{host: a, port: 1}], outlier: {out: 0s}}  | out: 0s",
        "{name: u, endpoints: [{host: a, port: 1}], outlier: {out: 1m, longestOut: 1s}} | longestOut: 1s",
        "{name: u, endpoints: [{host: a, port: 1}], outlier: {statuses: [200]}} | statuses: 200",
        "{name: u, endpoints: [{host: a, port: 1}], check: {}}           | path: missing",
        "{name: u, endpoints: [{host: a, port: 1}], check: {path: h}}    | path: h",
        "{name: u, endpoints: [{host: a, port: 1}], check: {path: /h, every: 1ms}} | every: 1ms",
        "{name: u, endpoints: [{host: a, port: 1}], check: {path: /h, rise: 0}} | rise: 0",
        "{name: u, endpoints: [{host: a, port: 1}], check: {path: /h, fall: 0}} | fall: 0",
        "{name: u, endpoints: [{host: a, port: 1}], tls: {ca: /nowhere}}  | ca: /nowhere (expected a PEM file",
        "{name: u, endpoints: [{host: a, port: 1}], tls: {ca: pom.xml}}   | ca: pom.xml (expected a PEM file",
        "{name: u, endpoints: [{host: a, port: 1}], tls: {key: pom.xml}}  | key: pom.xml (expected a PEM file",
        "{name: u, endpoints: [{host: a, port: 1}], tls: {cert: pom.xml}} | cert: pom.xml (expected a PEM file",
        "{name: u, endpoints: [{host: a, port: 1}], tls: {serverName: 'a b'}} | serverName: a b",
        "{name: u, endpoints: [{host: a, port: 1}], host: lose}           | HostHeader",
        "{name: u, endpoints: [{host: a, port: 1}], outlier: {errorRate: 101}} | errorRate: 101",
        "{name: u, endpoints: [{host: a, port: 1}], outlier: {probes: 0}} | probes: 0",
        "{name: u, endpoints: [{host: a, port: 1}], retry: {attempts: 0}} | attempts: 0",
        "{name: u, endpoints: [{host: a, port: 1}], retry: {statuses: [404]}} | statuses: 404",
        "{name: u, endpoints: [{host: a, port: 1}], retry: {longestBackoff: 1ms}} | longestBackoff: 1ms",
        "{name: u, endpoints: [{host: a, port: 1}], circuit: {errorRate: 0}} | errorRate: 0",
        "{name: u, endpoints: [{host: a, port: 1}], circuit: {longestOpen: 1s}} | longestOpen: 1s",
        "{name: u, endpoints: [{host: a, port: 1}], circuit: {fallback: {status: 99}}} | status: 99",
        "{name: u, endpoints: [{host: a, port: 1}], circuit: {fallback: {headers: {Connection: x}}}} | headers: Connection",
        "{endpoints: [{host: a, port: 1}]}                               | name: missing",
      })
  void saysWhatIsWrongWithAnUpstream(String yaml, String why) {
    assertThatThrownBy(() -> Settings.of(UpstreamConfig.class, yaml)).hasMessageContaining(why);
  }
}
