package dev.tidegate.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Priority;
import dev.tidegate.policy.StandInExchange;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadSheddingTest {
  private static final Identity ALICE = new Identity("alice", "a", "t", Set.of(), 0, "k");
  private static final Identity BOB = new Identity("bob", "b", "t", Set.of(), 0, "k");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ConcurrencyLimits limits = limits("{name: ten, max: 10}");

  private ConcurrencyLimits limits(String... configs) {
    List<ConcurrencyConfig> all = new ArrayList<>();
    for (String config : configs) {
      all.add(Settings.of(ConcurrencyConfig.class, config));
    }
    return new ConcurrencyLimits(all, meters, System::nanoTime);
  }

  private static LoadShedding shedding(ConcurrencyLimits limits, LoadShedding.Terms... terms) {
    return new LoadShedding(limits, PerRoute.of(null, List.of(terms)));
  }

  private static LoadShedding.Terms terms(
      String route, boolean commands, @Nullable Priority priority, String... names) {
    return new LoadShedding.Terms(
        route, commands ? "commands" : "backend", commands, priority, List.of(names));
  }

  private static StandInExchange on(int route) {
    return StandInExchange.get("/").on(route);
  }

  @Test
  void turnsTheLeastImportantAwayFirst() {
    LoadShedding shedding =
        shedding(
            limits,
            terms("reads", false, null, "ten"),
            terms("orders", false, Priority.ORDER, "ten"),
            terms("cancels", false, Priority.CANCEL, "ten"));
    for (int i = 0; i < 7; i++) {
      assertThat(on(0).through(shedding).passed()).isTrue();
    }
    StandInExchange eighth = on(0).through(shedding);
    assertThat(eighth.refusal().problem()).isEqualTo(Problem.OVERLOADED);
    assertThat(eighth.refusal().outcome()).isEqualTo(Outcome.NEVER_SENT);
    assertThat(eighth.responseHeaders().get("retry-after")).isEqualTo("1");
    assertThat(on(0).from(ALICE).through(shedding).passed()).as("a known consumer").isTrue();
    assertThat(on(0).from(ALICE).through(shedding).passed()).as("up to its share").isFalse();
    assertThat(on(1).through(shedding).passed()).as("an order").isTrue();
    assertThat(on(1).through(shedding).passed()).as("up to its share").isFalse();
    assertThat(on(2).through(shedding).passed()).as("a cancel").isTrue();
    assertThat(on(2).through(shedding).passed()).as("up to the limit").isFalse();
    double refused =
        meters.get("tidegate.concurrency.refused").tag("priority", "anonymous").counter().count();
    assertThat(refused).isEqualTo(1);
  }

  @Test
  void takesCommandsForOrdersAndTheirDeletionForCancels() {
    LoadShedding shedding = shedding(limits, terms("commands", true, null, "ten"));
    for (int i = 0; i < 9; i++) {
      assertThat(on(0).by("POST").from(ALICE).through(shedding).passed()).isTrue();
    }
    assertThat(on(0).by("POST").from(ALICE).through(shedding).passed()).isFalse();
    assertThat(on(0).by("DELETE").from(ALICE).through(shedding).passed()).isTrue();
  }

  @Test
  void countsConsumersApartAndForgetsThoseWhoWaitForNothing() {
    ConcurrencyLimits each = limits("{name: two, by: consumer, max: 2, shares: {query: 1}}");
    LoadShedding shedding = shedding(each, terms("reads", false, null, "two"));
    StandInExchange first = on(0).from(ALICE).through(shedding);
    on(0).from(ALICE).through(shedding);
    assertThat(on(0).from(ALICE).through(shedding).passed()).isFalse();
    assertThat(on(0).from(BOB).through(shedding).passed()).isTrue();
    assertThat(each.shown(10)).hasSize(2);
    shedding.onHead(first);
    shedding.onEnd(first);
    assertThat(on(0).from(ALICE).through(shedding).passed()).isTrue();
  }

  @Test
  void holdsARouteToSeveralLimitsAndToTheDefaultOne() {
    ConcurrencyLimits several =
        limits("{name: default, max: 1}", "{name: one, by: route, max: 1}", "{name: many}");
    LoadShedding shedding =
        shedding(
            several,
            terms("a", false, null, "many", "one"),
            terms("b", false, null, "many"),
            terms("c", false, null));
    assertThat(on(0).through(shedding).passed()).isTrue();
    assertThat(on(0).through(shedding).passed()).isFalse();
    assertThat(on(1).through(shedding).passed()).isTrue();
    assertThat(on(2).through(shedding).passed()).isTrue();
    assertThat(on(2).through(shedding).passed()).isFalse();
    assertThat(several.shown(10))
        .contains(new ConcurrencyLimits.Shown("many", "backend", 1000, 2, false));
  }

  @Test
  void stopsTheStartWhenARouteNamesALimitThatThereIsNot() {
    assertThatThrownBy(() -> shedding(limits, terms("a", false, null, "eleven")))
        .hasMessage("concurrency: eleven (expected one of [ten])");
  }

  /** However requests end, whoever they are from: what they held is free again, and only once. */
  @Property(tries = 200)
  void losesNoPlace(@ForAll long seed) {
    Random random = new Random(seed);
    ConcurrencyLimits both =
        limits(
            "{name: own, by: consumer, max: 4}",
            "{name: all, by: node, max: 9, adaptive: {min: 1, initial: 5}}");
    LoadShedding shedding = shedding(both, terms("a", false, null, "all", "own"));
    Deque<StandInExchange> waiting = new ArrayDeque<>();
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(5) < 3) {
        StandInExchange exchange = on(0).from("192.0.2." + random.nextInt(6)).through(shedding);
        waiting.add(exchange);
      } else if (!waiting.isEmpty()) {
        StandInExchange exchange = random.nextBoolean() ? waiting.remove() : waiting.removeLast();
        if (random.nextBoolean()) {
          shedding.onHead(exchange);
        }
        shedding.onEnd(exchange);
      }
      long passed = waiting.stream().filter(StandInExchange::passed).count();
      assertThat(inFlight(both, "node")).isEqualTo(passed);
    }
    waiting.forEach(shedding::onEnd);
    assertThat(both.shown(100)).singleElement().matches(shown -> shown.inFlight() == 0);
  }

  private static long inFlight(ConcurrencyLimits limits, String of) {
    return limits.shown(100).stream()
        .filter(shown -> shown.of().equals(of))
        .mapToInt(ConcurrencyLimits.Shown::inFlight)
        .sum();
  }
}
