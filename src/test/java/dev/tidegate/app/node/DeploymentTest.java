package dev.tidegate.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.app.config.Role;
import dev.tidegate.bus.Operations;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeploymentTest {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
  private final Map<String, Thread> loops = new ConcurrentHashMap<>();
  private final List<String> gone = new CopyOnWriteArrayList<>();
  private final Deployment deployment = new Deployment(vertx, "n1", new Factory());

  /** Verticles that remember their event loop and that they were stopped. */
  private final class Factory implements Deployment.Factory {
    @Override
    public Deployable create(Role role, int instance) {
      String name = role + "-" + instance;
      return new VerticleBase() {
        @Override
        public Future<?> start() {
          loops.put(name, Thread.currentThread());
          return role == Role.ADMIN
              ? Future.failedFuture(new BindException("Address already in use"))
              : Future.succeededFuture();
        }

        @Override
        public Future<?> stop() {
          gone.add(name);
          return Future.succeededFuture();
        }
      };
    }

    @Override
    public String describe(Role role) {
      return role + " on 127.0.0.1:1";
    }
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Operations.Roles scale(Role role, int instances) throws Exception {
    return deployment.scale(role, instances).await(10, TimeUnit.SECONDS);
  }

  @Test
  void putsTheSameInstanceOfEveryRoleOnTheSameEventLoop() throws Exception {
    scale(Role.UPSTREAM, 3);
    scale(Role.MARKET, 1);
    scale(Role.INGRESS, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(loops.get("INGRESS-" + i)).isSameAs(loops.get("UPSTREAM-" + i));
    }
    assertThat(Set.of(loops.get("INGRESS-0"), loops.get("INGRESS-1"), loops.get("INGRESS-2")))
        .hasSize(3);
  }

  @Test
  void lowersTheLastInstancesAndKeepsTheOthers() throws Exception {
    scale(Role.STREAM, 3);
    Operations.Roles roles = scale(Role.STREAM, 1);
    assertThat(gone).containsExactlyInAnyOrder("STREAM-1", "STREAM-2");
    assertThat(roles.roles()).contains(new Operations.RoleCount("STREAM", 1, 0));
  }

  @Test
  void leavesThoseForLastWhomOthersStillNeed() throws Exception {
    scale(Role.UPSTREAM, 1);
    scale(Role.COMMAND, 1);
    scale(Role.INGRESS, 1);
    deployment.stop().await(10, TimeUnit.SECONDS);
    assertThat(gone).containsExactly("INGRESS-0", "COMMAND-0", "UPSTREAM-0");
  }

  @Test
  void saysWhichRoleCouldNotStartAndWhere() {
    assertThatThrownBy(() -> scale(Role.ADMIN, 1))
        .hasMessage("ADMIN on 127.0.0.1:1 could not start: Address already in use");
  }
}
