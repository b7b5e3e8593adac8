package dev.tidegate.stream;

import static dev.tidegate.testing.Await.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Operations;
import dev.tidegate.config.Settings;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import dev.tidegate.testing.RawWebSocket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose address a client is known by, when its connection comes from a proxy. */
@Timeout(60)
class TrustedProxiesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Rules rules = new Rules();
  private final List<RawWebSocket> clients = new ArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private int port;

  private void start(String trusted) {
    start(trusted, "");
  }

  private void start(String trusted, String more) {
    Codecs.register(vertx.eventBus());
    StreamConfig config =
        Settings.of(
            StreamConfig.class,
            """
            host: 127.0.0.1
            port: 0
            drain: 1s
            trustedProxies: [%s]
            tiers: {anonymous: {connectionsPerAddress: 1}}
            %s
            """
                .formatted(trusted, more));
    StreamVerticle verticle =
        new StreamVerticle(
            config, FakeNode.of("n1", nobody(), rules, new SimpleMeterRegistry()), 0);
    vertx.deployVerticle(verticle).await();
    port = verticle.port();
  }

  @AfterEach
  void stop() throws IOException {
    for (RawWebSocket client : clients) {
      client.close();
    }
    vertx.close().await();
  }

  private static Authenticator nobody() {
    return new Authenticator() {
      @Override
      public Verdict apiKey(String key) {
        return new Verdict(null, "no keys");
      }

      @Override
      public Verdict bearer(String token) {
        return new Verdict(null, "no tokens");
      }
    };
  }

  private RawWebSocket open(String... headers) throws IOException {
    RawWebSocket client = RawWebSocket.open("ws://127.0.0.1:" + port + "/v1/stream", headers);
    clients.add(client);
    return client;
  }

  private void ban(String address) {
    rules.set(
        new RuleSet(
            rules.current().version() + 1,
            List.of(new Rule.Ban("b-1", address, null, "crawls", "ops", 1, 0))));
  }

  private void refused(int status, String... headers) {
    assertThatThrownBy(() -> open(headers)).hasMessageContaining(" " + status + " ");
  }

  /** The addresses of those who are on, as the administrators see them. */
  private List<String> shown() throws Exception {
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    bus.hear(Operations.shown("reply"), part -> answers.add(part.json()));
    bus.publish(Operations.show("sessions"), new Operations.Show("sessions", null, 10, "reply"));
    String answer = answers.poll(10, TimeUnit.SECONDS);
    return JSON.readTree(answer).findValuesAsText("address");
  }

  @Test
  void aTrustedProxyTellsWhoIsLimitedBannedAndShown() throws Exception {
    start("127.0.0.0/8");
    RawWebSocket first = open("X-Forwarded-For: 1.2.3.4, 203.0.113.7");
    first.next();
    refused(429, "X-Forwarded-For: 203.0.113.7");
    open("X-Forwarded-For: 203.0.114.7").next();
    assertThat(shown()).containsExactlyInAnyOrder("203.0.113.7", "203.0.114.7");

    ban("203.0.113.0/24");
    assertThat(first.next().opcode()).as("who is on is sent away").isIn(1, 8);
    refused(403, "X-Forwarded-For: 203.0.113.8");
    refused(403, "X-Real-IP: 203.0.113.8");
    open("X-Forwarded-For: 203.0.115.7").next();
  }

  @Test
  void nobodyElseIsBelieved() throws Exception {
    start("10.0.0.0/8");
    open("X-Forwarded-For: 203.0.113.7").next();
    assertThat(shown()).containsExactly("127.0.0.1");
    refused(429, "X-Forwarded-For: 203.0.114.7");

    clients.removeFirst().close();
    ban("203.0.113.0/24");
    await(() -> admitted("X-Forwarded-For: 203.0.113.7"));
    ban("127.0.0.1");
    refused(403, "X-Forwarded-For: 203.0.114.7");
  }

  /** Whether the address has room for one more. */
  private boolean admitted(String header) {
    try {
      open(header).next();
      return true;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining(" 429 ");
      return false;
    }
  }

  @Test
  void readsForwardedWhereItIsToldTo() throws Exception {
    start("127.0.0.0/8", "addressHeader: forwarded");
    open("Forwarded: for=\"[2001:db8::7]:4711\", for=127.0.0.9", "X-Forwarded-For: 9.9.9.9").next();
    assertThat(shown()).containsExactly("2001:db8::7");
  }

  /** The PROXY header comes from trusted peers alone; the client behind it is believed nothing. */
  @Test
  void believesAProxyHeader() throws Exception {
    start("127.0.0.2", "proxyProtocol: true");
    RawWebSocket client = through("127.0.0.2", "X-Forwarded-For: 9.9.9.9");
    assertThat(client.nextText()).contains("welcome");
    assertThat(shown()).containsExactly("203.0.113.7");
    assertThatThrownBy(() -> through("127.0.0.2")).hasMessageContaining(" 429 ");
    assertThatThrownBy(() -> through("127.0.0.1")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> open()).isInstanceOf(IOException.class);
  }

  private RawWebSocket through(String proxy, String... headers) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(proxy, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write("PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n".getBytes(US_ASCII));
    RawWebSocket client =
        RawWebSocket.open(socket, "ws://127.0.0.1:" + port + "/v1/stream", headers);
    clients.add(client);
    return client;
  }
}
