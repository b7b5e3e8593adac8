package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.Certificate;
import dev.tidegate.testing.TlsCaller;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers are sent from clear text to TLS, and told to come there. */
@Timeout(60)
class TransportSecurityIT {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    Certificate files = Certificate.create();
    gateway =
        new TestGateway()
            .withoutUpstreamRole()
            .http("trustedProxies: [127.0.0.2]")
            .http("redirect: {hosts: [api.example.com, '*.example.org'], port: 8443}")
            .http(
                "tls: {port: 0, key: '%s', cert: '%s', hsts: {includeSubDomains: true}}"
                    .formatted(files.key(), files.cert()))
            .routes(Routes.fixed("fixed", "/fixed", "hello"))
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String ask(String from, String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              request
                  .replace("|", "\r\n")
                  .concat("Connection: close\r\n\r\n")
                  .getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static String location(String answer) {
    return answer
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("location: "))
        .map(line -> line.substring(10))
        .findFirst()
        .orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /fixed?a=b%20c&d, api.example.com, 301, https://api.example.com:8443/fixed?a=b%20c&d",
    "HEAD, /fixed, API.example.com:80, 301, https://api.example.com:8443/fixed",
    "POST, /fixed, api.example.com, 308, https://api.example.com:8443/fixed",
    "GET, /nowhere, a.example.org, 301, https://a.example.org:8443/nowhere",
    "GET, //evil.example/x, api.example.com, 301, https://api.example.com:8443//evil.example/x",
    "GET, http://api.example.com/fixed, evil.example, 301, https://api.example.com:8443/fixed",
    "GET, /fixed, evil.example, 404, ''",
    "GET, /fixed, example.org, 404, ''",
    "GET, /fixed, evilexample.org, 404, ''",
    "GET, /fixed, api.example.com.evil.example, 404, ''",
    "GET, /fixed, api.example.com@evil.example, 400, ''",
  })
  void sendsToOurHostsOnly(String method, String target, String host, int status, String to)
      throws IOException {
    String answer = ask("127.0.0.1", method + " " + target + " HTTP/1.1|Host: " + host + "|");
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(location(answer)).isEqualTo(to);
    assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("strict-transport-security");
  }

  @Test
  void aTrustedProxyTellsThatThereWasTls() throws IOException {
    String request = "GET /fixed HTTP/1.1|Host: api.example.com|X-Forwarded-Proto: https|";
    assertThat(ask("127.0.0.2", request))
        .startsWith("HTTP/1.1 200 ")
        .containsIgnoringCase("strict-transport-security: max-age=31536000; includeSubDomains");
    assertThat(ask("127.0.0.1", request)).startsWith("HTTP/1.1 301 ");
  }

  @Test
  void tellsBrowsersOverTlsToStay() throws IOException {
    for (String path : new String[] {"/fixed", "/nowhere"}) {
      try (SSLSocket socket = TlsCaller.trusting(gateway.tlsPort()).open("")) {
        assertThat(TlsCaller.get(socket, path))
            .containsIgnoringCase("strict-transport-security: max-age=31536000; includeSubDomains");
      }
    }
  }
}
