package dev.tidegate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void listenersOfThisProcessGetThePort() throws Exception {
    int port = Ports.take();
    // As nodes do; NIO closes a listener only after the future of its close.
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    try {
      HttpServer first =
          vertx.createHttpServer().requestHandler(r -> r.response().end()).listen(port).await();
      assertThat(first.actualPort()).isEqualTo(port);
      first.close().await();
      HttpServer again =
          vertx.createHttpServer().requestHandler(r -> r.response().end()).listen(port).await();
      assertThat(again.actualPort()).isEqualTo(port);
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void aConnectionCannotHaveThePort() throws Exception {
    int port = Ports.take();
    try (Socket connection = new Socket()) {
      connection.setReuseAddress(false);
      assertThatThrownBy(
              () -> connection.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void eachPortIsAnother() throws Exception {
    assertThat(Ports.take()).isNotEqualTo(Ports.take());
  }
}
