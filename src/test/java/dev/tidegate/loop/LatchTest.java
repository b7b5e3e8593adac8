package dev.tidegate.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatchTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final List<String> runs = new ArrayList<>();

  static List<Throwable> whateverCanBeThrown() {
    return List.of(
        new IllegalStateException("a fault"),
        new OutOfMemoryError("Cannot reserve direct buffer memory"),
        new StackOverflowError(),
        new AssertionError("a broken invariant"),
        new NoClassDefFoundError("gone"));
  }

  @Test
  void runsOnceHoweverOftenItIsAsked() {
    Latch latch = new Latch(loop, "work", () -> runs.add("run"));
    latch.ask();
    latch.ask();
    assertThat(latch.asked()).isTrue();
    assertThat(runs).isEmpty();
    loop.turn();
    assertThat(runs).containsExactly("run");
    assertThat(latch.asked()).isFalse();
  }

  @Test
  void mayBeAskedAgainByItsOwnTask() {
    Latch[] latch = new Latch[1];
    latch[0] =
        new Latch(
            loop,
            "work",
            () -> {
              runs.add("run");
              if (runs.size() < 3) {
                latch[0].ask();
              }
            });
    latch[0].ask();
    loop.turn();
    assertThat(runs).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("whateverCanBeThrown")
  void opensAndTriesAgainWhateverIsThrown(Throwable thrown) {
    loop.expectFailures();
    Latch latch =
        new Latch(
            loop,
            "work",
            () -> {
              runs.add("run");
              if (runs.size() == 1) {
                LatchTest.<RuntimeException>raise(thrown);
              }
            });
    latch.ask();
    loop.turn();
    assertThat(loop.failures()).containsExactly(thrown);
    assertThat(latch.asked()).isFalse();
    latch.ask();
    loop.turn();
    assertThat(runs).as("asked again at once").hasSize(2);
    loop.advance(Latch.PAUSE.toMillis());
    assertThat(runs).as("and made up for by itself").hasSize(3);
    loop.advance(10 * Latch.PAUSE.toMillis());
    assertThat(runs).hasSize(3);
  }

  @Test
  void isNotLeftShutByALoopThatTakesNothing() {
    boolean[] closed = {true};
    Loop refusing =
        new Loop() {
          @Override
          public long awakeSince() {
            return loop.awakeSince();
          }

          @Override
          public long nanos() {
            return loop.nanos();
          }

          @Override
          public long millis() {
            return loop.millis();
          }

          @Override
          public void execute(Runnable task) {
            if (closed[0]) {
              throw new RejectedExecutionException("closed");
            }
            loop.execute(task);
          }

          @Override
          public Timer after(long nanos, Runnable task) {
            return loop.after(nanos, task);
          }

          @Override
          public Timer every(java.time.Duration pause, Runnable task) {
            return loop.every(pause, task);
          }

          @Override
          public void failed(String what, Throwable why) {
            loop.failed(what, why);
          }
        };
    Latch latch = new Latch(refusing, "work", () -> runs.add("run"));
    assertThatThrownBy(latch::ask).isInstanceOf(RejectedExecutionException.class);
    closed[0] = false;
    latch.ask();
    loop.turn();
    assertThat(runs).containsExactly("run");
  }

  @SuppressWarnings("unchecked") // throws a checked exception without a declaration
  private static <T extends Throwable> void raise(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
