package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Operations;
import dev.tidegate.ingress.RawHttp.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a listener leaves. */
@Timeout(60)
class DrainIT {
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  @Test
  void finishesWhatIsInFlightAndTakesNothingNew() throws Exception {
    Promise<HttpServerRequest> held = Promise.promise();
    try (Backend backend = new Backend(held::tryComplete);
        TestGateway gateway =
            new TestGateway().routes(Routes.below("/")).upstream("backend", backend.port).start();
        RawHttp busy = new RawHttp(gateway.port());
        RawHttp idle = new RawHttp(gateway.port())) {
      idle.send("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n").read();
      busy.send(GET);
      HttpServerRequest request = held.future().await();
      int port = gateway.port();
      Future<Void> drained = gateway.drain();
      assertThat(idle.closed()).isTrue();
      assertThatThrownBy(() -> new RawHttp(port).close()).isInstanceOf(IOException.class);
      assertThat(drained.isComplete()).isFalse();
      request.response().end("finished");
      Answer answer = busy.read();
      assertThat(answer.body()).isEqualTo("finished");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(busy.closed()).isTrue();
      drained.await();
    }
  }

  @Test
  void tellsClientsToGoElsewhereOnceTheNodeLeaves() throws IOException {
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway =
            new TestGateway().routes(Routes.below("/")).upstream("backend", backend.port).start();
        RawHttp http = new RawHttp(gateway.port())) {
      assertThat(http.send(GET).read().header("connection")).isNull();
      gateway.bus.publishHere(Operations.DRAINING, new Operations.Draining("test", 1000));
      assertThat(http.send(GET).read().header("connection")).isEqualTo("close");
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void endsAConnectionAfterItsShareOfRequests() throws IOException {
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway =
            new TestGateway()
                .http("limits: {requestsPerConnection: 3}")
                .routes(Routes.below("/"))
                .upstream("backend", backend.port)
                .start();
        RawHttp http = new RawHttp(gateway.port())) {
      assertThat(http.send(GET).read().header("connection")).isNull();
      assertThat(http.send(GET).read().header("connection")).isNull();
      assertThat(http.send(GET).read().header("connection")).isEqualTo("close");
      assertThat(http.closed()).isTrue();
    }
  }
}
