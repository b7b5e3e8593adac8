package dev.tidegate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidegate.loop.EventLoops;
import dev.tidegate.testing.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the link makes of the client's failures: an upgrade that changes their types fails here. */
class RedisLinkIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final RedisServer server = RedisServer.start();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private RedisLink link;

  @BeforeEach
  void connect() throws Exception {
    Promise<Void> started = Promise.promise();
    context.runOnContext(
        v -> {
          link =
              new RedisLink(
                  () -> Redis.createClient(vertx, RedisLink.options(server.uri(), TIMEOUT)),
                  new EventLoops(new SimpleMeterRegistry()).of(context, "test"),
                  TIMEOUT,
                  List.of());
          link.start().onComplete(started);
        });
    started.future().await(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    server.close();
  }

  private Throwable failure(Request request) {
    Promise<Response> answer = Promise.promise();
    context.runOnContext(v -> link.send(request).onComplete(answer));
    Future<Response> future = answer.future();
    return catchThrowable(() -> future.await(20, TimeUnit.SECONDS));
  }

  @Test
  void anErrorThatTheServerAnsweredIsNotItsAbsence() {
    assertThat(failure(Request.cmd(Command.EVAL).arg("no script").arg(0)))
        .isNotInstanceOf(RedisUnavailable.class)
        .hasMessageStartingWith("ERR");
    assertThat(link.available()).isTrue();
  }

  @Test
  void aServerThatIsGoneIsUnavailable() {
    server.kill();
    assertThat(failure(Request.cmd(Command.INCR).arg("n"))).isInstanceOf(RedisUnavailable.class);
    server.restart();
  }
}
