package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.testing.Certificate;
import dev.tidegate.testing.TlsCaller;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose address counts when connections begin with a PROXY header. */
@Timeout(60)
class ProxyProtocolIT {
  private static final String GET =
      "GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private static final Certificate FILES = Certificate.create();
  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend =
        new Backend(request -> request.response().end(request.getHeader("X-Real-IP") + " is it"));
    gateway =
        new TestGateway()
            .http("trustedProxies: ['127.0.0.2', '10.0.0.0/8'], proxyProtocol: true")
            .http(
                "tls: {port: 0, key: '%s', cert: '%s', proxyProtocol: true}"
                    .formatted(FILES.key(), FILES.cert()))
            .routes(Routes.below("/"))
            .upstream("backend", backend.port)
            .start();
    gateway.rules.set(
        new RuleSet(1, List.of(new Rule.Ban("b-1", "203.0.113.66", null, "x", "ops", 1, 0))));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static Socket connect(String from, int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String ask(String from, byte[] header, String request) throws IOException {
    try (Socket socket = connect(from, gateway.port())) {
      socket.getOutputStream().write(header);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketException e) {
      return "";
    }
  }

  private static byte[] v1(String address) {
    return ("PROXY TCP4 " + address + " 127.0.0.1 4711 80\r\n").getBytes(ISO_8859_1);
  }

  private static byte[] v2(String address) throws IOException {
    byte[] source = InetAddress.getByName(address).getAddress();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write("\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1));
    out.write(0x21);
    out.write(source.length == 4 ? 0x11 : 0x21);
    out.write(0);
    out.write(2 * source.length + 4);
    out.write(source);
    out.write(new byte[source.length]);
    out.write(new byte[] {18, 103, 0, 80});
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.7", "2001:db8:0:0:0:0:0:7"})
  void theHeaderTellsTheCallersAddress(String address) throws IOException {
    assertThat(ask("127.0.0.2", v2(address), GET)).contains(address + " is it");
    if (address.indexOf(':') < 0) {
      assertThat(ask("127.0.0.2", v1(address), GET)).contains(address + " is it");
    }
    assertThat(ask("127.0.0.2", v1("203.0.113.66"), GET)).as("banned").contains(" 403 ");
  }

  @Test
  void whoComesThroughItIsBelievedNoMoreThanElsewhere() throws IOException {
    String spoof = GET.replace("Connection", "X-Forwarded-For: 9.9.9.9\r\nConnection");
    assertThat(ask("127.0.0.2", v1("203.0.113.7"), spoof)).contains("203.0.113.7 is it");
    assertThat(ask("127.0.0.2", v1("10.1.1.1"), spoof)).as("a proxy").contains("9.9.9.9 is it");
  }

  @Test
  void nobodyElseMaySayIt() throws IOException {
    assertThat(ask("127.0.0.1", v1("203.0.113.7"), GET)).isEmpty();
    assertThat(ask("127.0.0.1", v2("203.0.113.7"), GET)).isEmpty();
    assertThat(ask("127.0.0.1", new byte[0], GET)).isEmpty();
    assertThat(ask("127.0.0.2", new byte[0], GET)).as("a header is due").isEmpty();
    assertThat(ask("127.0.0.2", "PROXY TCP4 x y 1 2\r\n".getBytes(ISO_8859_1), GET)).isEmpty();
    assertThat(ask("127.0.0.2", "PROXY UNKNOWN\r\n".getBytes(ISO_8859_1), GET))
        .as("a check of the proxy's own")
        .contains("127.0.0.2 is it");
  }

  @Test
  void theHeaderComesBeforeTls() throws IOException {
    for (String from : new String[] {"127.0.0.2", "127.0.0.1"}) {
      String answer = "";
      try (Socket plain = connect(from, gateway.tlsPort())) {
        plain.getOutputStream().write(v1("203.0.113.7"));
        SSLSocketFactory factory = new TlsCaller(gateway.tlsPort(), FILES.cert()).sockets();
        try (SSLSocket socket = (SSLSocket) factory.createSocket(plain, "localhost", 1, true)) {
          socket.getOutputStream().write(GET.getBytes(ISO_8859_1));
          answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
      } catch (IOException e) {
        assertThat(from).isEqualTo("127.0.0.1");
      }
      if (from.equals("127.0.0.2")) {
        assertThat(answer).contains("203.0.113.7 is it");
      } else {
        assertThat(answer).isEmpty();
      }
    }
  }
}
