package dev.tidegate.ingress.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Frames of every kind of length, masked or not, in pieces cut anywhere. */
class FrameEdgesTest {
  private static final int[] LENGTHS = {0, 1, 2, 125, 126, 127, 65_535, 65_536, 70_000};
  private static final int AWAY = 1001;

  @Property(tries = 300)
  void aFrameCanBePutInBetweenTwoFramesAndNowhereElse(@ForAll long seed) {
    Random random = new Random(seed);
    Buffer all = Buffer.buffer();
    TreeSet<Integer> edges = new TreeSet<>();
    for (int frames = 1 + random.nextInt(5); frames > 0; frames--) {
      edges.add(all.length());
      append(all, 1 + random.nextInt(2), random);
    }
    edges.add(all.length());
    FrameEdges under = new FrameEdges();
    int at = 0;
    while (at < all.length()) {
      int piece = 1 + random.nextInt(random.nextBoolean() ? 3 : 80_000);
      int end = Math.min(all.length(), at + piece);
      under.passed(all.slice(at, end));
      at = end;
      assertThat(under.close(AWAY) != null)
          .as("after %s of %s", at, edges)
          .isEqualTo(edges.contains(at));
    }
  }

  private static void append(Buffer to, int opcode, Random random) {
    int length = LENGTHS[random.nextInt(LENGTHS.length)];
    boolean masked = random.nextInt(4) == 0;
    int mask = masked ? 0x80 : 0;
    to.appendUnsignedByte((short) (0x80 | opcode));
    if (length < 126) {
      to.appendUnsignedByte((short) (mask | length));
    } else if (length < 65_536) {
      to.appendUnsignedByte((short) (mask | 126)).appendUnsignedShort(length);
    } else {
      to.appendUnsignedByte((short) (mask | 127)).appendLong(length);
    }
    byte[] rest = new byte[(masked ? 4 : 0) + length];
    random.nextBytes(rest);
    to.appendBytes(rest);
  }

  @Example
  void nothingFollowsAClose() {
    FrameEdges edges = new FrameEdges();
    assertThat(edges.close(AWAY).getBytes()).containsExactly(0x88, 2, 3, 0xE9);
    edges.passed(Buffer.buffer(new byte[] {(byte) 0x88, 0}));
    assertThat(edges.close(AWAY)).isNull();
  }

  @Example
  void noCodeIsNoFrame() {
    assertThat(new FrameEdges().close(0)).isNull();
  }
}
