package dev.tidegate.command.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Commands;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommandIdsTest {
  private long now = 1_700_000_000_000L;
  private final CommandIds ids = new CommandIds(() -> now, new SplittableRandom(1));

  @Test
  void areVersionSevenAndCarryTheTime() {
    UUID id = UUID.fromString(ids.next("alice"));
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(now);
  }

  @Test
  void riseEvenWithinAMillisecondAndWhenTheClockGoesBack() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      made.add(ids.next("alice"));
      if (i == 5000) {
        now -= 10;
      }
    }
    assertThat(made).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void endWithTheShardOfTheirConsumer() {
    for (String consumer : List.of("alice", "bob", "mm-1", "")) {
      String id = ids.next(consumer);
      assertThat(CommandIds.shardDigit(id)).isEqualTo(CommandIds.digit(Commands.shardOf(consumer)));
    }
  }

  @Test
  void nothingElseIsLookedUp() {
    assertThat(CommandIds.isValid(ids.next("alice"))).isTrue();
    assertThat(CommandIds.isValid("0198c0c4")).isFalse();
    assertThat(CommandIds.isValid("0198c0c4-0000-7000-8000-00000000000:")).isFalse();
    assertThat(CommandIds.isValid("0198c0c400000-7000-8000-000000000000")).isFalse();
  }
}
