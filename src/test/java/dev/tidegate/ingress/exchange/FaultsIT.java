package dev.tidegate.ingress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.connection.ConnectionLimits;
import dev.tidegate.ingress.connection.Connections;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.AddressHeader;
import dev.tidegate.net.TrustedProxies;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Reply;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever throws, wherever it does: nobody waits for an answer that cannot come. */
@Timeout(30)
class FaultsIT {
  private enum Place {
    APPLY,
    TARGET,
    BODY,
    LATER,
    HEAD,
    END
  }

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private static AssertionError fault() {
    return new AssertionError("nobody has foreseen this");
  }

  private record Throwing(Place place) implements Policy {
    @Override
    public void apply(Exchange exchange, Next next) {
      if (place == Place.APPLY) {
        throw fault();
      }
      next.proceed();
    }

    @Override
    public void onHead(Exchange exchange) {
      if (place == Place.HEAD) {
        throw fault();
      }
    }

    @Override
    public void onEnd(Exchange exchange) {
      if (place == Place.END) {
        throw fault();
      }
    }
  }

  private static void target(Place place, HttpExchange x) {
    switch (place) {
      case TARGET -> throw fault();
      case BODY ->
          x.body(
              body -> {
                throw fault();
              });
      case LATER ->
          Future.succeededFuture()
              .onComplete(
                  x.then(
                      v -> {
                        throw fault();
                      }),
                  e -> {});
      default -> x.answer(new Reply.Empty(204));
    }
  }

  private int serve(Place place) {
    Context context = vertx.getOrCreateContext();
    Future<Integer> port =
        Future.future(
            promise ->
                context.runOnContext(
                    v -> listen(context, place).map(HttpServer::actualPort).onComplete(promise)));
    return Await.get(port);
  }

  private Future<HttpServer> listen(Context context, Place place) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Loop loop = new EventLoops(meters).of(context, "test");
    Duration minute = Duration.ofMinutes(1);
    Connections connections =
        new Connections(
            new ConnectionLimits(9, 9, minute, minute, minute, minute, 65_536),
            new TrustedProxies(List.of(), AddressHeader.X_FORWARDED_FOR),
            loop,
            () -> "id");
    Steps steps = new Steps(List.of(new Throwing(place)), x -> target(place, x));
    Acceptor acceptor =
        new Acceptor(steps, new OpenStreams(new RuleMeters(meters)), 9_999, 99, loop);
    return vertx
        .createHttpServer()
        .connectionHandler(c -> connections.opened(c, acceptor, false))
        .requestHandler(acceptor)
        .listen(0, "127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "APPLY,  HTTP_1_1, 500",
    "APPLY,  HTTP_2,   500",
    "TARGET, HTTP_1_1, 500",
    "TARGET, HTTP_2,   500",
    "BODY,   HTTP_1_1, 500",
    "BODY,   HTTP_2,   500",
    "LATER,  HTTP_1_1, 500",
    "LATER,  HTTP_2,   500",
    "HEAD,   HTTP_1_1, 0",
    "HEAD,   HTTP_2,   0",
    "END,    HTTP_1_1, 204",
    "END,    HTTP_2,   204"
  })
  void everyRequestIsAnsweredOrReset(Place place, HttpVersion version, int status) {
    int port = serve(place);
    HttpClientAgent client =
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    RequestOptions options =
        new RequestOptions().setHost("127.0.0.1").setPort(port).setMethod(HttpMethod.POST);
    // A second one on the same connection, where there still is one, fares no worse.
    for (int i = 0; i < 2; i++) {
      Future<Integer> answered =
          client
              .request(options)
              .compose(request -> request.send("a body"))
              .map(HttpClientResponse::statusCode)
              .otherwise(0);
      assertThat(Await.get(answered)).isEqualTo(status);
    }
  }
}
