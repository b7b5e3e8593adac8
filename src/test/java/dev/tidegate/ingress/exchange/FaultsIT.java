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
import dev.tidegate.policy.OnFailure;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Reply;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever throws, wherever it does: nobody waits for an answer that cannot come. */
@Timeout(30)
class FaultsIT {
  /** Where it is thrown: the first five in a policy, the others in the target. */
  private enum Place {
    APPLY,
    LATER,
    STORE_AWAY,
    AFTER,
    HEAD,
    END,
    TARGET,
    BODY,
    TARGET_LATER
  }

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger reached = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
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
      switch (place) {
        case APPLY -> throw fault();
        case LATER -> later(exchange.then(v -> throwFault()));
        case STORE_AWAY -> later(v -> exchange.fail(fault()));
        case AFTER -> {
          next.proceed();
          throw fault();
        }
        default -> next.proceed();
      }
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

  /** Stands on either side of the one that throws, and must be told all the same. */
  private final class Watching implements Policy {
    @Override
    public void apply(Exchange exchange, Next next) {
      reached.incrementAndGet();
      next.proceed();
    }

    @Override
    public void onEnd(Exchange exchange) {
      ended.incrementAndGet();
    }
  }

  private static void throwFault() {
    throw fault();
  }

  private static void later(Handler<Void> step) {
    Vertx.currentContext().runOnContext(step);
  }

  private static void target(Place place, HttpExchange x) {
    switch (place) {
      case TARGET -> throw fault();
      case BODY -> x.body(body -> throwFault());
      case TARGET_LATER -> later(x.then(v -> throwFault()));
      case AFTER -> later(v -> x.answer(new Reply.Empty(204)));
      default -> x.answer(new Reply.Empty(204));
    }
  }

  private int serve(Place place, OnFailure onFailure) {
    Context context = vertx.getOrCreateContext();
    Future<Integer> port =
        Future.future(
            promise ->
                context.runOnContext(
                    v ->
                        listen(context, place, onFailure)
                            .map(HttpServer::actualPort)
                            .onComplete(promise)));
    return Await.get(port);
  }

  private Future<HttpServer> listen(Context context, Place place, OnFailure onFailure) {
    Loop loop = new EventLoops(meters).of(context, "test");
    Duration minute = Duration.ofMinutes(1);
    Connections connections =
        new Connections(
            new ConnectionLimits(9, 9, minute, minute, minute, minute, 65_536),
            new TrustedProxies(List.of(), AddressHeader.X_FORWARDED_FOR),
            loop,
            () -> "id");
    PerRoute<OnFailure> said = PerRoute.of(onFailure, List.of());
    PerRoute<OnFailure> closed = PerRoute.of(OnFailure.CLOSED, List.of());
    List<Step> all =
        List.of(
            new Step("before", new Watching(), closed),
            new Step("throwing", new Throwing(place), said),
            new Step("after", new Watching(), closed));
    Steps steps = new Steps(all, x -> target(place, x), new Faults(meters, System::nanoTime));
    Acceptor acceptor =
        new Acceptor(steps, new OpenStreams(new RuleMeters(meters)), 9_999, 99, loop);
    return vertx
        .createHttpServer()
        .connectionHandler(c -> connections.opened(c, acceptor, false))
        .requestHandler(acceptor)
        .listen(0, "127.0.0.1");
  }

  static Stream<Arguments> everyWay() {
    return Stream.of(Place.values())
        .flatMap(
            place ->
                Stream.of(OnFailure.values())
                    .flatMap(
                        then ->
                            Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
                                .map(version -> Arguments.of(place, then, version))));
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void everyRequestIsAnsweredAsItsRouteDeclares(Place place, OnFailure then, HttpVersion version) {
    int port = serve(place, then);
    HttpClientAgent client =
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    RequestOptions options =
        new RequestOptions().setHost("127.0.0.1").setPort(port).setMethod(HttpMethod.POST);
    boolean inTarget = place.compareTo(Place.TARGET) >= 0;
    boolean answers = place == Place.END || (!inTarget && then == OnFailure.OPEN);
    // A second one on the same connection fares no worse.
    for (int i = 0; i < 2; i++) {
      String body =
          Await.get(
              client
                  .request(options)
                  .compose(request -> request.send("a body"))
                  .compose(answer -> answer.body().map(b -> answer.statusCode() + " " + b)));
      assertThat(body).startsWith(answers ? "204" : "500");
      if (!answers) {
        boolean passed = inTarget || place == Place.AFTER || place == Place.HEAD;
        assertThat(body).contains(passed ? "\"unknown\"" : "\"never-sent\"");
      }
    }
    Await.await(() -> ended.get() == reached.get());
    assertThat(counted(inTarget ? "target" : "throwing", inTarget ? OnFailure.CLOSED : then))
        .isEqualTo(2);
  }

  private double counted(String step, OnFailure then) {
    return meters
        .get("tidegate.http.step.failures")
        .tag("step", step)
        .tag("then", then.name().toLowerCase(Locale.ROOT))
        .counter()
        .count();
  }
}
