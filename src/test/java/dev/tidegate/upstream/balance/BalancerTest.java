package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancerTest {
  /** An endpoint with so much to do. */
  private record Loaded(String name, int load) implements Connector {
    @Override
    public boolean tryTake(Taker taker, boolean fresh) {
      throw new AssertionError("nobody connects here");
    }

    @Override
    public void forget(Taker taker) {}

    @Override
    public void release(Link link, boolean reusable) {}
  }

  private final Loaded a = new Loaded("a", 10);
  private final Loaded b = new Loaded("b", 0);
  private final Loaded c = new Loaded("c", 0);

  @Test
  void goesRound() {
    Balancer balancer = new Balancer(List.of(a, b, c), Balance.ROUND_ROBIN, new Random(1));
    List<Connector> six = IntStream.range(0, 6).mapToObj(i -> balancer.next()).toList();
    assertThat(six.subList(0, 3)).containsExactlyInAnyOrder(a, b, c);
    assertThat(six.subList(3, 6)).isEqualTo(six.subList(0, 3));
  }

  @Test
  void avoidsTheBusyOne() {
    Balancer balancer = new Balancer(List.of(a, b, c), Balance.LEAST_REQUESTS, new Random(1));
    assertThat(IntStream.range(0, 200).mapToObj(i -> balancer.next()))
        .doesNotContain(a)
        .contains(b, c);
  }

  @Test
  void findsAnotherThanTheOneThatFailed() {
    for (Balance balance : Balance.values()) {
      Balancer balancer = new Balancer(List.of(a, b, c), balance, new Random(1));
      assertThat(IntStream.range(0, 50).mapToObj(i -> balancer.other(b))).doesNotContain(b);
      Balancer alone = new Balancer(List.of(b), balance, new Random(1));
      assertThat(alone.other(b)).isSameAs(b);
    }
  }
}
