package dev.tidegate.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.loop.SteppedLoop;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardCountTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Deque<Future<Integer>> answers = new ArrayDeque<>();
  private final List<Integer> known = new ArrayList<>();
  private final ShardCount count = new ShardCount(loop, answers::remove);

  @Test
  void asksUntilItIsTold() {
    answers.add(Future.failedFuture("no broker"));
    answers.add(Future.failedFuture("no broker"));
    answers.add(Future.succeededFuture(12));
    count.whenKnown(known::add);
    loop.advance(1_000);
    assertThat(known).isEmpty();
    loop.advance(1_000);
    assertThat(known).containsExactly(12);
    assertThat(loop.timers()).isZero();
  }

  @Test
  void asksNoMoreOnceItIsClosed() {
    answers.add(Future.failedFuture("no broker"));
    count.whenKnown(known::add);
    count.close();
    loop.advance(10_000);
    assertThat(known).isEmpty();
  }
}
