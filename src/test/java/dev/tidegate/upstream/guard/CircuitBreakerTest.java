package dev.tidegate.upstream.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Settings;
import dev.tidegate.upstream.guard.CircuitBreaker.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Held to a plain model: a list of what happened, and the rules as the documentation has them. */
class CircuitBreakerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MIN = 4;
  private static final int PROBES = 2;

  private long nanos = 50 * SECOND;

  /** The rules, as slowly as they can be written down. */
  private final class Model {
    private final Deque<long[]> window = new ArrayDeque<>();
    private State state = State.CLOSED;
    private long period;
    private long until;
    private long length;
    private int underWay;
    private int succeeded;

    long enter() {
      if (state == State.OPEN && nanos >= until) {
        to(State.HALF_OPEN);
        underWay = 0;
        succeeded = 0;
      }
      if (state == State.OPEN || (state == State.HALF_OPEN && underWay >= PROBES)) {
        return -1;
      }
      underWay += state == State.HALF_OPEN ? 1 : 0;
      return period;
    }

    void over(long ticket, Boolean well) {
      if (ticket != period || state == State.OPEN) {
        return;
      }
      if (state == State.HALF_OPEN) {
        underWay--;
        if (Boolean.FALSE.equals(well)) {
          open();
        } else if (Boolean.TRUE.equals(well) && ++succeeded >= PROBES) {
          window.clear();
          length = 0;
          to(State.CLOSED);
        }
      } else if (well != null) {
        window.add(new long[] {Math.floorDiv(nanos, SECOND), well ? 0 : 1});
        window.removeIf(e -> Math.floorDiv(nanos, SECOND) - e[0] >= 10);
        long failed = window.stream().mapToLong(e -> e[1]).sum();
        if (!well && window.size() >= MIN && failed * 100 >= window.size() * 50L) {
          open();
        }
      }
    }

    private void open() {
      length = length == 0 ? 5 * SECOND : Math.min(2 * length, 20 * SECOND);
      until = nanos + length;
      to(State.OPEN);
    }

    private void to(State next) {
      state = next;
      period++;
    }
  }

  private CircuitBreaker breaker(List<State> changes) {
    CircuitConfig config =
        Settings.of(
            CircuitConfig.class,
            "{minRequests: 4, probes: 2, open: 5s, longestOpen: 20s, window: 10s}");
    return new CircuitBreaker(config, () -> nanos, () -> 0, (state, why) -> changes.add(state));
  }

  @Test
  void doesWhatTheModelDoes() {
    int opened = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<State> changes = new ArrayList<>();
      CircuitBreaker breaker = breaker(changes);
      Model model = new Model();
      List<Long> tickets = new ArrayList<>();
      int failing = random.nextInt(100);
      for (int step = 0; step < 400; step++) {
        nanos += random.nextLong(2 * SECOND / (1 + random.nextInt(20)));
        if (tickets.isEmpty() || random.nextBoolean()) {
          long ticket = breaker.enter();
          assertThat(ticket).as("seed %d step %d", seed, step).isEqualTo(model.enter());
          if (ticket != CircuitBreaker.REFUSED) {
            tickets.add(ticket);
          }
        } else {
          long ticket = tickets.remove(random.nextInt(tickets.size()));
          int fate = random.nextInt(100);
          Boolean well = fate < 5 ? null : Boolean.valueOf(random.nextInt(100) >= failing);
          model.over(ticket, well);
          if (well == null) {
            breaker.abandoned(ticket);
          } else if (well) {
            breaker.succeeded(ticket);
          } else {
            breaker.failed(ticket);
          }
        }
        assertThat(breaker.state()).as("seed %d step %d", seed, step).isEqualTo(model.state);
        failing = random.nextInt(60) == 0 ? random.nextInt(100) : failing;
      }
      opened += (int) changes.stream().filter(s -> s == State.OPEN).count();
    }
    assertThat(opened).isGreaterThan(100);
  }

  @Test
  void saysWhenToComeBack() {
    CircuitBreaker breaker = breaker(new ArrayList<>());
    for (int i = 0; i < MIN; i++) {
      breaker.failed(breaker.enter());
    }
    assertThat(breaker.enter()).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.retryAfterSeconds()).isEqualTo(5);
    nanos += 4 * SECOND + 1;
    assertThat(breaker.retryAfterSeconds()).isEqualTo(1);
    assertThat(breaker.shown().why()).isEqualTo("4 of the last 4 requests failed");
  }
}
