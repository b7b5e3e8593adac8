package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.command.state.CommandState.Effect;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnrecordedTest {
  private final Vertx vertx = Vertx.vertx();
  private final SteppedLoop loop = new SteppedLoop();
  private final List<String> recorded = new ArrayList<>();
  private boolean available;
  private int broken;
  private final Unrecorded unrecorded =
      new Unrecorded(
          state(),
          new Outcomes(
              new Bus(vertx.eventBus()), new CommandMeters(new SimpleMeterRegistry(), "0")),
          loop,
          3);

  /** A store that only takes accepted commands. */
  private CommandState state() {
    return (CommandState)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {CommandState.class},
            (proxy, method, args) -> {
              if (method.getName().equals("available")) {
                return available;
              }
              if (broken-- > 0) {
                throw new IllegalStateException("broken");
              }
              recorded.add(((Draft) args[0]).id());
              return Future.succeededFuture(new Effect(true, List.of()));
            });
  }

  @AfterEach
  void close() {
    Await.get(vertx.close());
  }

  private void add(String id) {
    unrecorded.add(new Draft(id, "alice", "requests", null, "", 1, 2), new Position("t", 0, 1));
  }

  @Test
  void tellsInOrderOnceTheStoreIsBack() {
    add("a");
    add("b");
    loop.advance(5_000);
    assertThat(recorded).isEmpty();
    available = true;
    loop.advance(200);
    assertThat(recorded).containsExactly("a", "b");
    assertThat(unrecorded.size()).isZero();
    assertThat(loop.timers()).isZero();
    add("c");
    loop.advance(200);
    assertThat(recorded).containsExactly("a", "b", "c");
  }

  @Test
  void goesOnAfterWhatTheStoreThrows() {
    loop.expectFailures();
    available = true;
    broken = 2;
    add("a");
    add("b");
    loop.advance(1_000);
    assertThat(recorded).containsExactly("a", "b");
    assertThat(loop.failures()).hasSize(2);
  }

  @Test
  void leavesWhatDoesNotFitToItsFirstResult() {
    for (String id : List.of("a", "b", "c", "d")) {
      add(id);
    }
    assertThat(unrecorded.size()).isEqualTo(3);
  }
}
