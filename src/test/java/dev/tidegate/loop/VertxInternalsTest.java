package dev.tidegate.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link VertxInternals} assumes of Vert.x: an upgrade that breaks it fails here. */
class VertxInternalsTest {
  private static final int LOOPS = 3;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** Deploys a verticle and gives its context. */
  private static final class Deployed extends VerticleBase {
    final CompletableFuture<Context> made = new CompletableFuture<>();

    @Override
    public Future<?> start() {
      made.complete(context);
      return Future.succeededFuture();
    }
  }

  private Context deploy() throws Exception {
    Deployed verticle = new Deployed();
    vertx.deployVerticle(verticle).await(10, TimeUnit.SECONDS);
    return verticle.made.get(10, TimeUnit.SECONDS);
  }

  @Test
  void loopsAreHandedOutInTheOrderInWhichTheyAreListed() throws Exception {
    List<EventLoop> loops = VertxInternals.eventLoops(vertx);
    assertThat(loops).hasSize(LOOPS).doesNotHaveDuplicates();
    List<EventLoop> got = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      got.add(VertxInternals.eventLoop(deploy()));
    }
    int first = loops.indexOf(got.getFirst());
    for (int i = 0; i < LOOPS; i++) {
      assertThat(got.get(i)).isSameAs(loops.get((first + i) % LOOPS));
    }
  }

  @Test
  void aVerticleGetsTheLoopThatIsWanted() throws Exception {
    List<EventLoop> loops = VertxInternals.eventLoops(vertx);
    for (int i : new int[] {2, 0, 0, 1, 1, 2}) {
      VertxInternals.nextIs(vertx, loops.get(i));
      assertThat(VertxInternals.eventLoop(deploy())).isSameAs(loops.get(i));
    }
  }

  @Test
  void whatIsDispatchedRunsOnItsContext() throws Exception {
    Context context = deploy();
    CompletableFuture<Context> seen = new CompletableFuture<>();
    VertxInternals.eventLoop(context)
        .execute(
            () -> VertxInternals.dispatch(context, () -> seen.complete(Vertx.currentContext())));
    assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(context);
    CompletableFuture<Context> after = new CompletableFuture<>();
    VertxInternals.eventLoop(context).execute(() -> after.complete(Vertx.currentContext()));
    assertThat(after.get(10, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void aContextTellsWhenItsVerticleIsUndeployed() throws Exception {
    Deployed verticle = new Deployed();
    String id = vertx.deployVerticle(verticle).await(10, TimeUnit.SECONDS);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    VertxInternals.whenClosed(verticle.made.get(10, TimeUnit.SECONDS), () -> closed.complete(null));
    assertThat(closed).isNotDone();
    vertx.undeploy(id).await(10, TimeUnit.SECONDS);
    assertThat(closed).isDone();
  }

  @Test
  void oneThatStandsAloneHasNoCluster() {
    assertThat(VertxInternals.clusterManager(vertx)).isNull();
  }
}
