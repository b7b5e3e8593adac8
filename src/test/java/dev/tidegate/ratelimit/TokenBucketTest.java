package dev.tidegate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.ratelimit.RateLimitConfig.By;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void givesTheBurstAndThenTheRate() {
    TokenBucket bucket = new TokenBucket(2, 3, 0);
    assertThat(bucket.tryTake(0)).isEqualTo(2);
    assertThat(bucket.tryTake(0)).isEqualTo(1);
    assertThat(bucket.tryTake(0)).isZero();
    assertThat(bucket.tryTake(0)).isEqualTo(-SECOND / 2);
    assertThat(bucket.tryTake(SECOND / 4)).isEqualTo(-SECOND / 4);
    assertThat(bucket.tryTake(SECOND / 2)).isZero();
    assertThat(bucket.secondsToFull()).isEqualTo(2);
    assertThat(bucket.tryTake(100 * SECOND)).isEqualTo(2);
  }

  @Test
  void doesNotMindAClockThatStepsBack() {
    TokenBucket bucket = new TokenBucket(1, 1, 10 * SECOND);
    assertThat(bucket.tryTake(5 * SECOND)).isZero();
    assertThat(bucket.tryTake(5 * SECOND)).isNegative();
  }

  @Property(tries = 200)
  void neverGivesMoreThanBurstAndRateAllow(
      @ForAll @IntRange(min = 1, max = 50) int rate,
      @ForAll @IntRange(min = 1, max = 20) int burst,
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 100) Integer> stepsMillis) {
    TokenBucket bucket = new TokenBucket(rate, burst, 0);
    long now = 0;
    int given = 0;
    for (int step : stepsMillis) {
      now += step * 1_000_000L;
      given += bucket.tryTake(now) >= 0 ? 1 : 0;
    }
    assertThat(given).isLessThanOrEqualTo((int) (burst + rate * (now / 1e9) + 1e-6));
  }

  @Test
  void keepsOneBucketForEachKey() {
    long[] now = {0};
    RateLimits limits =
        new RateLimits(List.of(new RateLimitConfig("two", 1, 2, By.CONSUMER)), () -> now[0]);
    RateLimits.Limit limit = limits.limit("two");
    assertThat(limit.bucket("a", 0))
        .isSameAs(limit.bucket("a", 5))
        .isNotSameAs(limit.bucket("b", 0));
    assertThat(limit.policy).isEqualTo("\"two\";q=2;w=2");
    assertThat(limits.limit(null)).isNull();
    assertThatThrownBy(() -> limits.limit("three")).hasMessageStartingWith("rateLimit: three");
  }

  @Test
  void saysWhatIsWrongWithALimit() {
    assertThatThrownBy(() -> new RateLimitConfig("a", 0, null, By.CONSUMER))
        .hasMessageStartingWith("rate: 0");
    assertThatThrownBy(() -> new RateLimitConfig("a", 1, 0, By.CONSUMER))
        .hasMessageStartingWith("burst: 0");
    assertThat(new RateLimitConfig("a", 2.5, null, By.CONSUMER).burst()).isEqualTo(3);
  }
}
