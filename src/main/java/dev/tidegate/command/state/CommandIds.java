package dev.tidegate.command.state;

import dev.tidegate.bus.Commands;
import java.util.Locale;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * UUIDs of version 7 (RFC 9562, method 1: a counter in rand_a), rising within one instance, whose
 * last hexadecimal digit is the shard of the consumer: whoever has the id knows where the state of
 * its consumer lies. For one event loop.
 */
public final class CommandIds {
  public static final int SHARDS = Commands.OUTCOME_SHARDS;

  private final LongSupplier clock;
  private final RandomGenerator random;
  private long last;
  private int counter;

  public CommandIds(LongSupplier clock, RandomGenerator random) {
    this.random = random;
    this.clock = clock;
  }

  public String next(String consumer) {
    long now = clock.getAsLong();
    if (now > last) {
      last = now;
      counter = random.nextInt(0x800);
    } else if (++counter > 0xFFF) {
      last++;
      counter = 0;
    }
    long high = (last << 16) | 0x7000 | counter;
    long bits = random.nextLong();
    long low =
        0x8000_0000_0000_0000L | (bits & 0x3FFF_FFFF_FFFF_FFF0L) | Commands.shardOf(consumer);
    return new UUID(high, low).toString();
  }

  /** Whether it can be one of ours; anything else is not looked up. */
  static boolean isValid(String id) {
    if (id.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      char c = id.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (dash ? c != '-' : !hex) {
        return false;
      }
    }
    return true;
  }

  /** The shard, as the digit that it is in the id. */
  static char shardDigit(String id) {
    return id.charAt(35);
  }

  static char digit(int shard) {
    return Integer.toHexString(shard).toLowerCase(Locale.ROOT).charAt(0);
  }
}
