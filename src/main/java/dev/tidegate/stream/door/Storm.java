package dev.tidegate.stream.door;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;

/**
 * When reconnecting counts as a storm: more than {@code connections} sessions of one user (or
 * address of anonymous callers) that lasted less than {@code within}, in that time, beyond one for
 * each client that it had at once. 0 connections turns it off.
 */
public record Storm(@Default("100") int connections, @Default("10s") Duration within) {
  public Storm {
    Check.within("connections", connections, 0, 1_000_000);
    Check.positive("within", within);
  }
}
