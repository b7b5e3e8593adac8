package dev.tidegate.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.market.feed.Layout;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceWatchTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Deque<Future<Layout>> answers = new ArrayDeque<>();
  private final List<Layout> known = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private final SourceWatch watch = new SourceWatch(loop, answers::remove);
  private Future<Optional<Layout>> seen = Future.succeededFuture(Optional.empty());

  @Test
  void asksUntilItIsTold() {
    answers.add(Future.failedFuture("no broker"));
    answers.add(Future.failedFuture("no broker"));
    answers.add(Future.succeededFuture(Layout.fixed(12)));
    watch.whenKnown(known::add);
    loop.advance(1_000);
    assertThat(known).isEmpty();
    loop.advance(1_000);
    assertThat(known).containsExactly(Layout.fixed(12));
    assertThat(loop.timers()).isZero();
  }

  @Test
  void asksNoMoreOnceItIsClosed() {
    answers.add(Future.failedFuture("no broker"));
    watch.whenKnown(known::add);
    watch.close();
    loop.advance(10_000);
    assertThat(known).isEmpty();
    follow(2, "a");
    watch.close();
    see(3, "a");
    assertThat(changes).isEmpty();
  }

  @Test
  void tellsOfMorePartitionsAndOfTopicsMadeAnewOnce() {
    follow(2, "a");
    see(2, "a");
    assertThat(changes).isEmpty();
    see(4, "a");
    see(4, "a");
    assertThat(changes).containsExactly("4 of a");
    see(4, "b");
    see(1, "c");
    see(1, "c");
    assertThat(changes).containsExactly("4 of a", "4 of b", "1 of c");
  }

  @Test
  void aBrokerThatLagsOrDoesNotAnswerChangesNothing() {
    follow(2, "a");
    see(4, "a");
    see(2, "a");
    see(4, "b");
    see(4, "a");
    seen = Future.failedFuture("no broker");
    loop.advance(5_000);
    see(4, "b");
    assertThat(changes).containsExactly("4 of a", "4 of b");
  }

  @Test
  void withoutNamesOfTopicsTheCountIsBelieved() {
    follow(4, "");
    see(2, "");
    assertThat(changes).containsExactly("2 of ");
  }

  @Test
  void whatIsMissingIsSaidAfterTheSecondLookAndNowAndThen() {
    follow(2, "a");
    see(null, "");
    see(2, "a");
    see(null, "");
    assertThat(changes).isEmpty();
    see(null, "");
    assertThat(changes).containsExactly("missing");
    see(2, "a");
    assertThat(changes).containsExactly("missing", "2 of a");
    changes.clear();
    seen = Future.succeededFuture(Optional.empty());
    loop.advance(130_000);
    assertThat(changes).containsExactly("missing", "missing", "missing");
  }

  private void follow(int shards, String id) {
    watch.follow(
        new Layout(shards, id),
        () -> seen,
        new SourceWatch.Changes() {
          @Override
          public void became(Layout now) {
            changes.add(now.shards() + " of " + now.id());
          }

          @Override
          public void missing() {
            changes.add("missing");
          }
        });
  }

  private void see(@Nullable Integer shards, String id) {
    seen = Future.succeededFuture(Optional.ofNullable(shards).map(n -> new Layout(n, id)));
    loop.advance(1_000);
  }
}
