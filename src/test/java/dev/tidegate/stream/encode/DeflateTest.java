package dev.tidegate.stream.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.stream.socket.WindowInflater;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeflateTest {
  /** Repeats itself at every distance, so that a compressor refers as far back as it may. */
  private static byte[] message(Random random, int length) {
    byte[] message = new byte[length];
    for (int i = 0; i < length; ) {
      int run = 1 + random.nextInt(40);
      int back = i == 0 ? 0 : random.nextInt(Math.min(i, 40_000)) + 1;
      boolean copies = back > 0 && random.nextInt(4) > 0;
      for (int j = 0; j < run && i < length; j++, i++) {
        message[i] = copies ? message[i - back] : (byte) random.nextInt(256);
      }
    }
    return message;
  }

  @Property(tries = 150)
  void aClientWithASmallWindowUnderstands(
      @ForAll long seed, @ForAll @IntRange(min = 8, max = 15) int bits) {
    Random random = new Random(seed);
    try (Deflate deflate = new Deflate(6)) {
      for (int i = 0; i < 3; i++) {
        byte[] message = message(random, random.nextInt(1 << random.nextInt(18)));
        int size = deflate.compress(message, message.length, bits);
        byte[] packed = Arrays.copyOf(deflate.bytes(), size);
        assertThat(WindowInflater.message(packed, size, bits)).isEqualTo(message);
        assertThat(WindowInflater.reach(packed, size)).isLessThanOrEqualTo(1 << bits);
      }
    }
  }

  @Test
  void theTestWouldSeeAReferenceTooFarBack() {
    byte[] message = message(new Random(1), 100_000);
    try (Deflate deflate = new Deflate(6)) {
      int size = deflate.compress(message, message.length);
      byte[] packed = Arrays.copyOf(deflate.bytes(), size);
      assertThat(WindowInflater.reach(packed, size)).isGreaterThan(16_384);
      assertThatThrownBy(() -> WindowInflater.message(packed, size, 12))
          .hasMessageContaining("distance");
    }
  }

  /** What fits the window needs no flush, and what does not is still smaller than it was. */
  @ParameterizedTest
  @ValueSource(ints = {8, 9, 12, 15})
  void compressesWhatRepeatsItself(int bits) {
    byte[] message = new byte[100_000];
    try (Deflate deflate = new Deflate(6)) {
      assertThat(deflate.compress(message, 1 << bits, bits))
          .isEqualTo(deflate.compress(message, 1 << bits));
      assertThat(deflate.compress(message, message.length, bits)).isLessThan(message.length / 10);
    }
  }
}
