package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp.Answer;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which of several back ends answers, as a caller sees it. */
@Timeout(60)
class BalanceIT {
  private static RawBackend named(String name) throws IOException {
    return RawBackend.answering(
        "HTTP/1.1 200 OK\r\nX-Name: " + name + "\r\nContent-Length: 0\r\n\r\n");
  }

  private static String name(TestGateway gateway, String header) throws IOException {
    Answer answer =
        RawHttp.once(gateway.port(), "GET / HTTP/1.1\r\nHost: example.com\r\n" + header + "\r\n");
    assertThat(answer.status()).isEqualTo(200);
    String name = answer.header("x-name");
    assertThat(name).isNotNull();
    return name;
  }

  private static TestGateway before(String balance, RawBackend... backends) {
    int[] ports = new int[backends.length];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = backends[i].port;
    }
    return new TestGateway()
        .routes(Routes.below("/"))
        .upstream(TestGateway.upstreamOf("backend", balance, ports))
        .start();
  }

  @Test
  void anAccountAlwaysFindsItsOwnAndAccountsSpread() throws IOException {
    try (RawBackend a = named("a");
        RawBackend b = named("b");
        RawBackend c = named("c");
        TestGateway gateway =
            before("balance: consistentHash, hash: {by: header, name: X-Account}", a, b, c)) {
      Set<String> names = new HashSet<>();
      for (int account = 0; account < 40; account++) {
        String header = "X-Account: acc-" + account + "\r\n";
        String name = name(gateway, header);
        assertThat(name(gateway, header)).isEqualTo(name);
        names.add(name);
      }
      assertThat(names).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void aClientSticksToOneUntilItIsGone() throws IOException {
    RawBackend a = named("a");
    RawBackend b = named("b");
    try (a;
        b;
        TestGateway gateway = before("balance: sticky", a, b)) {
      String own = name(gateway, "");
      for (int i = 0; i < 20; i++) {
        assertThat(name(gateway, "X-Any: " + i + "\r\n")).isEqualTo(own);
      }
      (own.equals("a") ? a : b).close();
      assertThat(name(gateway, "")).isNotEqualTo(own);
    }
  }

  @Test
  void peakEwmaServesAndShowsWhatItMeasured() throws IOException {
    try (RawBackend a = named("a");
        RawBackend b = named("b");
        TestGateway gateway = before("balance: peakEwma", a, b)) {
      for (int i = 0; i < 20; i++) {
        name(gateway, "");
      }
      assertThat(gateway.upstreams().findValues("latencyMicros"))
          .hasSize(2)
          .anyMatch(micros -> micros.asLong() > 0);
    }
  }
}
