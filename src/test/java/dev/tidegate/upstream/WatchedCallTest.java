package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.config.Settings;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.guard.CircuitBreaker;
import dev.tidegate.upstream.guard.CircuitConfig;
import io.vertx.core.MultiMap;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However a probe ends, its place is free for the next one: a breaker never stays half-open. */
class WatchedCallTest {
  private static final Map<String, Consumer<WatchedCall>> ENDINGS = new TreeMap<>();

  static {
    ENDINGS.put("answered", call -> call.responseHead(200, MultiMap.caseInsensitiveMultiMap()));
    ENDINGS.put("answered badly", call -> call.responseHead(503, null));
    ENDINGS.put("switched", call -> call.switched(null, null, () -> {}));
    for (Problem problem : Problem.values()) {
      ENDINGS.put(
          "failed " + problem, call -> call.failed(new Failed(problem, Outcome.UNKNOWN, "")));
    }
    ENDINGS.put("gone", call -> {});
  }

  static Stream<String> endings() {
    return ENDINGS.keySet().stream();
  }

  private final long[] now = {0};
  private final List<Runnable> gone = new ArrayList<>();
  private final CircuitBreaker breaker =
      new CircuitBreaker(
          Settings.of(
              CircuitConfig.class,
              "{errorRate: 50, minRequests: 1, probes: 1, open: 1s, longestOpen: 1s}"),
          () -> now[0],
          () -> 0,
          (state, why) -> {});

  private WatchedCall probe(long ticket) {
    Call caller =
        (Call)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Call.class},
                (proxy, method, args) -> {
                  if (method.getName().equals("onGone")) {
                    gone.add((Runnable) args[0]);
                  }
                  return method.getReturnType() == boolean.class ? (Object) true : null;
                });
    WatchedCall call = new WatchedCall(caller, breaker, ticket);
    call.onGone(() -> {});
    return call;
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aProbeGivesItsPlaceBackHoweverItEnds(String ending) {
    breaker.failed(breaker.enter());
    now[0] += TimeUnit.SECONDS.toNanos(2);
    long ticket = breaker.enter();
    assertThat(ticket).isNotEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.enter()).as("one at a time").isEqualTo(CircuitBreaker.REFUSED);
    WatchedCall call = probe(ticket);
    ENDINGS.get(ending).accept(call);
    if (ending.equals("gone")) { // else nobody tells: a tunnel hears of its caller by itself
      gone.forEach(Runnable::run);
    }
    now[0] += TimeUnit.SECONDS.toNanos(2);
    assertThat(breaker.enter()).isNotEqualTo(CircuitBreaker.REFUSED);
  }
}
