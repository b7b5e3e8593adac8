package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
  /** An endpoint with so much to do. */
  private record Loaded(String name, int number, int weight, int load)
      implements StandInConnector {}

  private final Loaded a = new Loaded("a", 0, 1, 10);
  private final Loaded b = new Loaded("b", 1, 1, 0);
  private final Loaded c = new Loaded("c", 2, 1, 0);

  @Test
  void goesRound() {
    Balancer balancer =
        new Balancer(List.of(a, b, c), Balance.ROUND_ROBIN, Eligible.ALL, new Random(1));
    List<Connector> six = IntStream.range(0, 6).mapToObj(i -> balancer.next(0)).toList();
    assertThat(six.subList(0, 3)).containsExactlyInAnyOrder(a, b, c);
    assertThat(six.subList(3, 6)).isEqualTo(six.subList(0, 3));
  }

  @Test
  void avoidsTheBusyOne() {
    Balancer balancer =
        new Balancer(List.of(a, b, c), Balance.LEAST_REQUESTS, Eligible.ALL, new Random(1));
    assertThat(IntStream.range(0, 200).mapToObj(i -> balancer.next(0)))
        .doesNotContain(a)
        .contains(b, c);
  }

  @Test
  void findsAnotherThanTheOneThatFailed() {
    for (Balance balance : List.of(Balance.ROUND_ROBIN, Balance.LEAST_REQUESTS)) {
      Balancer balancer = new Balancer(List.of(a, b, c), balance, Eligible.ALL, new Random(1));
      assertThat(IntStream.range(0, 50).mapToObj(i -> balancer.other(b, 0))).doesNotContain(b);
      Balancer alone = new Balancer(List.of(b), balance, Eligible.ALL, new Random(1));
      assertThat(alone.other(b, 0)).isSameAs(b);
    }
  }

  /** Who is in, as a test says. */
  private static final class Said implements Eligible {
    private final Set<Integer> out = new HashSet<>();
    private int version;

    void out(Integer... endpoints) {
      out.clear();
      out.addAll(List.of(endpoints));
      version++;
    }

    @Override
    public int version() {
      return version;
    }

    @Override
    public boolean in(int endpoint) {
      return !out.contains(endpoint);
    }
  }

  private static Map<Connector, Long> chosen(Balancer balancer, int times) {
    return IntStream.range(0, times)
        .mapToObj(i -> balancer.next(0))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  @ParameterizedTest
  @EnumSource(names = {"ROUND_ROBIN", "LEAST_REQUESTS"})
  void choosesNobodyWhoIsOutUnlessAllAre(Balance balance) {
    Said said = new Said();
    Balancer balancer = new Balancer(List.of(a, b, c), balance, said, new Random(1));
    said.out(1);
    assertThat(chosen(balancer, 300)).doesNotContainKey(b);
    assertThat(IntStream.range(0, 50).mapToObj(i -> balancer.other(a, 0))).containsOnly(c);
    said.out(1, 2);
    assertThat(chosen(balancer, 300)).containsOnlyKeys(a);
    assertThat(balancer.other(a, 0)).isIn(b, c);
    said.out(0, 1, 2);
    assertThat(chosen(balancer, 300)).containsKeys(b, c);
    said.out();
    assertThat(chosen(balancer, 300)).containsKeys(b, c);
  }

  @Test
  void givesEachInTurnByItsWeightAndNeverABurst() {
    Loaded heavy = new Loaded("heavy", 0, 50, 0);
    Loaded light = new Loaded("light", 1, 10, 0);
    Loaded lightest = new Loaded("lightest", 2, 10, 0);
    Balancer balancer =
        new Balancer(
            List.of(heavy, light, lightest), Balance.ROUND_ROBIN, Eligible.ALL, new Random(1));
    List<Connector> seven = IntStream.range(0, 7).mapToObj(i -> balancer.next(0)).toList();
    assertThat(seven).filteredOn(heavy::equals).hasSize(5);
    assertThat(seven).contains(light, lightest);
    assertThat(chosen(balancer, 700)).containsEntry(heavy, 500L).containsEntry(light, 100L);
  }

  @Test
  void drawsByWeightAndTakesTheOneWithLessToDoForIt() {
    Loaded strong = new Loaded("strong", 0, 10, 50);
    Loaded weak = new Loaded("weak", 1, 1, 20);
    Balancer balancer =
        new Balancer(List.of(strong, weak), Balance.LEAST_REQUESTS, Eligible.ALL, new Random(1));
    assertThat(chosen(balancer, 100)).containsOnlyKeys(strong);
    Loaded idle = new Loaded("idle", 1, 1, 0);
    Balancer other =
        new Balancer(List.of(strong, idle), Balance.LEAST_REQUESTS, Eligible.ALL, new Random(1));
    assertThat(chosen(other, 100)).containsOnlyKeys(idle);
  }
}
