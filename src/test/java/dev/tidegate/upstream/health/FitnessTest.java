package dev.tidegate.upstream.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Settings;
import dev.tidegate.json.JsonWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FitnessTest {
  private static final int A = 0;
  private static final int B = 1;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long nanos = 7_000_000_000L;

  private Fitness fitness(String outlier, @Nullable String check) {
    return new Fitness(
        "accounts",
        List.of("a:1", "b:1"),
        Settings.of(OutlierConfig.class, outlier),
        check == null ? null : Settings.of(CheckConfig.class, check),
        meters,
        () -> nanos,
        () -> nanos / 1_000_000);
  }

  private void passes(String duration) {
    nanos += Duration.parse("PT" + duration).toNanos();
  }

  private static void fail(Fitness fitness, int endpoint, int times) {
    for (int i = 0; i < times; i++) {
      fitness.failed(endpoint, Cause.BROKEN, "the upstream broke off");
    }
  }

  private static String shown(Fitness fitness, int endpoint) {
    JsonWriter json = new JsonWriter().object();
    fitness.show(endpoint, json);
    return json.end().toString();
  }

  @Test
  void threeFailuresInARowPutItOut() {
    Fitness fitness = fitness("{errorRate: 0}", null);
    for (int i = 0; i < 10; i++) {
      fail(fitness, A, 2);
      fitness.succeeded(A, 200);
    }
    assertThat(fitness.in(A)).isTrue();
    int version = fitness.version();
    fail(fitness, A, 3);
    assertThat(fitness.in(A)).isFalse();
    assertThat(fitness.in(B)).isTrue();
    assertThat(fitness.version()).isNotEqualTo(version);
  }

  @Test
  void answersOfCertainStatusesAreFailures() {
    Fitness fitness = fitness("{}", null);
    for (int i = 0; i < 3; i++) {
      fitness.succeeded(A, 500);
      fitness.succeeded(B, 503);
    }
    assertThat(fitness.in(A)).isTrue();
    assertThat(fitness.in(B)).isFalse();
  }

  @Test
  void isOutForLongerEachTimeUntilItHasProvedItself() {
    Fitness fitness = fitness("{}", null);
    fail(fitness, A, 3);
    for (int seconds : new int[] {30, 60, 120, 240, 300, 300}) {
      passes(seconds - 1 + "S");
      assertThat(fitness.toBeTried(A)).as("after %d s", seconds - 1).isFalse();
      passes("1S");
      assertThat(fitness.toBeTried(A)).as("after %d s", seconds).isTrue();
      assertThat(fitness.in(A)).isFalse();
      fitness.tried(A, false, "no connection to it");
    }
    passes("5M");
    fitness.tried(A, true, "");
    assertThat(fitness.in(A)).isTrue();
    fail(fitness, A, 1); // one is enough for one that has only just come back
    assertThat(fitness.in(A)).isFalse();
    passes("5M");
    fitness.tried(A, true, "");
    for (int probe = 0; probe < 3; probe++) {
      fitness.succeeded(A, 200);
    }
    fail(fitness, A, 2);
    assertThat(fitness.in(A)).isTrue();
    fitness.succeeded(A, 200);
    passes("5M");
    fail(fitness, A, 3);
    passes("30S");
    assertThat(fitness.toBeTried(A)).isTrue();
  }

  @Test
  void tooManyFailuresAmongTheLastRequestsPutItOut() {
    Fitness fitness = fitness("{}", null);
    for (int i = 0; i < 9; i++) {
      fitness.succeeded(A, 200);
      fail(fitness, A, 1);
    }
    passes("11S"); // those are forgotten
    for (int i = 0; i < 9; i++) {
      fitness.succeeded(A, 200);
      fail(fitness, A, 1);
    }
    fitness.succeeded(A, 200);
    assertThat(fitness.in(A)).isTrue();
    fail(fitness, A, 1);
    assertThat(fitness.in(A)).isFalse();
    assertThat(shown(fitness, A)).contains("10 of the last 20 requests failed");
  }

  @Test
  void whatComesBackGetsFewRequestsUntilSomeHaveSucceeded() {
    Fitness fitness = fitness("{}", null);
    fail(fitness, A, 3);
    passes("30S");
    fitness.tried(A, true, "");
    assertThat(shown(fitness, A)).contains("\"halfOpen\":true");
    for (int probe = 0; probe < 3; probe++) {
      assertThat(fitness.admits(A)).isTrue();
    }
    assertThat(fitness.admits(A)).isFalse();
    passes("1S"); // none of them came back
    assertThat(fitness.admits(A)).isTrue();
    for (int probe = 0; probe < 3; probe++) {
      fitness.succeeded(A, 200);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(fitness.admits(A)).isTrue();
    }
    assertThat(shown(fitness, A)).doesNotContain("halfOpen");
  }

  @Test
  void checksPutItOutAndInAgain() {
    Fitness fitness = fitness("{}", "{path: /health}");
    fitness.checked(A, false, "status 500");
    fitness.checked(A, true, "");
    fitness.checked(A, false, "status 500");
    assertThat(fitness.in(A)).isTrue();
    fitness.checked(A, false, "status 500");
    assertThat(fitness.in(A)).isFalse();
    fitness.checked(A, true, "");
    fitness.checked(A, true, "");
    assertThat(fitness.in(A)).isFalse();
    fitness.checked(A, true, "");
    assertThat(fitness.in(A)).isTrue();
  }

  @Test
  void checksThatPassDoNotCutShortWhatFailedRequestsHaveBrought() {
    Fitness fitness = fitness("{}", "{path: /health}");
    fail(fitness, A, 3);
    for (int second = 0; second < 29; second++) {
      passes("1S");
      fitness.checked(A, true, "");
      assertThat(fitness.in(A)).isFalse();
      assertThat(fitness.toBeTried(A)).isFalse();
    }
    passes("1S");
    fitness.checked(A, true, "");
    assertThat(fitness.in(A)).isTrue();
  }

  @Test
  void whatAnswersWhenAllAreOutIsInAgain() {
    Fitness fitness = fitness("{}", null);
    fail(fitness, A, 3);
    fitness.succeeded(A, 200); // was on its way before
    assertThat(fitness.in(A)).isFalse();
    fail(fitness, B, 3);
    fitness.succeeded(B, 200);
    assertThat(fitness.in(B)).isTrue();
    assertThat(fitness.in(A)).isFalse();
  }

  @Test
  void canBeTurnedOff() {
    Fitness fitness = fitness("{failures: 0}", null);
    fail(fitness, A, 100);
    assertThat(fitness.in(A)).isTrue();
  }

  @Test
  void saysWhyAndSinceWhen() {
    Fitness fitness = fitness("{}", null);
    assertThat(shown(fitness, A))
        .isEqualTo(
            "{\"health\":\"in\",\"why\":\"nothing is known against it\","
                + "\"since\":\"1970-01-01T00:00:07Z\"}");
    passes("3S");
    fail(fitness, A, 3);
    assertThat(shown(fitness, A))
        .isEqualTo(
            "{\"health\":\"out\",\"why\":\"3 failures in a row: the upstream broke off\","
                + "\"since\":\"1970-01-01T00:00:10Z\"}");
    assertThat(gauge("tidegate.upstream.endpoint.in", "a:1")).isZero();
    assertThat(gauge("tidegate.upstream.endpoint.in", "b:1")).isOne();
    assertThat(gauge("tidegate.upstream.endpoint.since", "a:1")).isEqualTo(10);
    assertThat(
            meters.get("tidegate.upstream.endpoint.outs").tag("cause", "broken").counter().count())
        .isOne();
  }

  private double gauge(String name, String endpoint) {
    return meters.get(name).tag("upstream", "accounts").tag("endpoint", endpoint).gauge().value();
  }
}
