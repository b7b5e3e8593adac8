package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Operations;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.RawWebSocket.Frame;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** WebSockets that pass through to an upstream. */
@Timeout(60)
class UpstreamWebSocketsIT {
  private static final String SWITCHES =
      """
      HTTP/1.1 101 Switching Protocols\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      \r
      """;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger open = new AtomicInteger();
  private final Queue<String> heads = new ConcurrentLinkedQueue<>();
  private final HttpServer server =
      vertx
          .createHttpServer(
              new HttpServerOptions()
                  .setHost("127.0.0.1")
                  .setPort(0)
                  .setWebSocketSubProtocols(List.of("fix"))
                  .setMaxWebSocketFrameSize(1 << 20)
                  .setMaxWebSocketMessageSize(1 << 20))
          .webSocketHandshakeHandler(
              handshake -> {
                heads.add(handshake.headers().toString());
                if (handshake.path().endsWith("/no")) {
                  handshake.reject(426);
                } else {
                  handshake.accept();
                }
              })
          .webSocketHandler(this::echo)
          .requestHandler(r -> r.response().end("plain " + r.getHeader("upgrade")))
          .listen()
          .await();
  private final TestGateway gateway = new TestGateway();

  private void echo(ServerWebSocket socket) {
    open.incrementAndGet();
    socket.closeHandler(v -> open.decrementAndGet());
    socket.textMessageHandler(socket::writeTextMessage);
    socket.binaryMessageHandler(data -> socket.writeBinaryMessage(data));
  }

  private TestGateway start(String limits) {
    return gateway
        .routes(
            Routes.of(
                "id: ws, prefix: /ws, upstream: backend, auth: either, websocket: {"
                    + limits
                    + "}"),
            Routes.of("id: plain, prefix: /plain, upstream: backend"))
        .upstream("backend", server.actualPort())
        .start();
  }

  private RawWebSocket connect(String path, String... headers) throws IOException {
    return RawWebSocket.open("ws://127.0.0.1:" + gateway.port() + path, headers);
  }

  private RawWebSocket alice(String... more) throws IOException {
    String[] headers = Arrays.copyOf(more, more.length + 1);
    headers[more.length] = "X-API-Key: alice-key";
    return connect("/ws", headers);
  }

  private double gauge() {
    return gateway.meters.get("tidegate.websocket.tunnels").tag("route", "ws").gauge().value();
  }

  private boolean closedAsIdle() {
    Counter closes =
        gateway
            .meters
            .find("tidegate.websocket.tunnel.closes")
            .tags("route", "ws", "cause", "idle")
            .counter();
    return closes != null && closes.count() == 1;
  }

  @AfterEach
  void stop() {
    gateway.close();
    vertx.close().await();
  }

  @Test
  void carriesTheHandshakeAndWhatFollowsBothWays() throws IOException {
    start("");
    try (RawWebSocket socket = alice("Sec-WebSocket-Protocol: fix")) {
      assertThat(socket.protocol()).isEqualTo("fix");
      assertThat(heads.peek()).contains("x-consumer=alice").contains("x-request-id=");
      socket.sendText("hello");
      assertThat(new String(socket.next().payload(), StandardCharsets.UTF_8)).isEqualTo("hello");
      byte[] large = new byte[300_000];
      Arrays.fill(large, (byte) 'x');
      for (int i = 0; i < 3; i++) {
        socket.send(0x82, large);
        assertThat(socket.next().payload()).isEqualTo(large);
      }
      assertThat(gauge()).isEqualTo(1);
      socket.send(0x88, new byte[] {3, (byte) 0xE8});
      assertThat(socket.next().closeCode()).isEqualTo(1000);
      assertThat(socket.ended()).isTrue();
    }
    Await.await(() -> gauge() == 0 && open.get() == 0);
  }

  @Test
  void policiesAndTheUpstreamMayRefuse() throws IOException {
    start("");
    assertThatThrownBy(() -> connect("/ws")).hasMessageContaining(" 401 ");
    assertThatThrownBy(() -> connect("/ws/no", "X-API-Key: alice-key"))
        .hasMessageContaining(" 426 ");
    assertThatThrownBy(() -> connect("/plain")).hasMessageContaining(" 400 ");
    assertThat(heads).hasSize(1);
    assertThat(
            RawHttp.once(
                    gateway.port(), "GET /ws HTTP/1.1\r\nHost: h\r\nX-API-Key: bob-key\r\n\r\n")
                .body())
        .isEqualTo("plain null");
  }

  @Test
  void holdsToItsLimitsAndGivesPlacesBack() throws IOException {
    start("maxConnections: 3, maxPerConsumer: 2");
    try (RawWebSocket first = alice()) {
      RawWebSocket second = alice();
      assertThatThrownBy(this::alice).hasMessageContaining(" 429 ");
      try (RawWebSocket bob = connect("/ws", "X-API-Key: bob-key")) {
        assertThatThrownBy(() -> connect("/ws", "X-API-Key: bob-key"))
            .hasMessageContaining(" 429 ");
        echoes(bob);
      }
      second.close();
      Await.await(() -> gauge() == 1);
      try (RawWebSocket again = alice()) {
        echoes(again);
      }
      echoes(first);
    }
  }

  private static void echoes(RawWebSocket socket) throws IOException {
    socket.sendText("a");
    assertThat(socket.next().payload()).hasSize(1);
  }

  @Test
  void saysWhyItEnds() throws IOException {
    start("idle: 300ms");
    try (RawWebSocket socket = alice()) {
      assertThat(socket.next().closeCode()).isEqualTo(1001);
      assertThat(socket.ended()).isTrue();
    }
    try (RawWebSocket socket = alice()) {
      gateway.rules.set(
          new RuleSet(1, List.of(new Rule.Ban("b-1", null, "alice", "crawls", "ops", 1, 0))));
      assertThat(socket.next().closeCode()).isEqualTo(1008);
      assertThat(socket.ended()).isTrue();
    }
    Await.await(() -> open.get() == 0 && closedAsIdle());
  }

  @Test
  void sendsCallersElsewhereWhenTheNodeLeaves() throws IOException {
    start("");
    try (RawWebSocket socket = alice()) {
      gateway.bus.publishHere(Operations.DRAINING, new Operations.Draining("test", 1000));
      assertThat(socket.next().closeCode()).isEqualTo(1001);
      assertThat(socket.ended()).isTrue();
      assertThatThrownBy(this::alice).hasMessageContaining(" 503 ");
    }
  }

  @Test
  void needsUpstreamOnTheSameEventLoop() {
    gateway.withoutUpstreamRole();
    start("");
    assertThatThrownBy(this::alice).hasMessageContaining(" 503 ");
  }

  /** The upstream speaks in the same segment as its 101, and ends while the caller reads slowly. */
  @Test
  void losesNothingThatTheUpstreamSaidBeforeItsEnd() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      gateway
          .routes(Routes.of("id: ws, prefix: /ws, upstream: backend, auth: either, websocket: {}"))
          .upstream("backend", listener.getLocalPort())
          .start();
      byte[] payload = new byte[60_000];
      Thread upstream =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket socket = listener.accept()) {
                      socket.getInputStream().read(new byte[8192]);
                      OutputStream out = socket.getOutputStream();
                      byte[] head = SWITCHES.getBytes(StandardCharsets.ISO_8859_1);
                      byte[] first = Arrays.copyOf(head, head.length + 3);
                      System.arraycopy(new byte[] {(byte) 0x81, 1, 'x'}, 0, first, head.length, 3);
                      out.write(first);
                      for (int i = 0; i < 200; i++) {
                        out.write(new byte[] {(byte) 0x82, 126, (byte) (60_000 >> 8), 96});
                        out.write(payload);
                      }
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      try (RawWebSocket socket = alice()) {
        assertThat(socket.next().payload()).containsExactly('x');
        for (int i = 0; i < 200; i++) {
          Frame frame = socket.next();
          assertThat(frame.payload()).hasSize(60_000);
        }
        assertThat(socket.ended()).isTrue();
      }
      upstream.join();
      Await.await(() -> gauge() == 0);
    }
  }
}
