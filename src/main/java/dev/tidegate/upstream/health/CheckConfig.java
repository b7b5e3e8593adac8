package dev.tidegate.upstream.health;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;

/**
 * How endpoints are asked whether they are well.
 *
 * @param path what is fetched; a status of 200 to 399 is well
 * @param every how often
 * @param timeout until it has answered
 * @param rise so many that pass in a row put it in
 * @param fall so many that fail in a row put it out
 */
public record CheckConfig(
    String path,
    @Default("1s") Duration every,
    @Default("1s") Duration timeout,
    @Default("3") int rise,
    @Default("2") int fall) {
  public CheckConfig {
    Check.that(path != null && path.startsWith("/"), "path", path, "a path, as in /health");
    Check.within("every", every, Duration.ofMillis(100), Duration.ofHours(1));
    Check.positive("timeout", timeout);
    Check.within("rise", rise, 1, 100);
    Check.within("fall", fall, 1, 100);
  }
}
