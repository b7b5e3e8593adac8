package dev.tidegate.stream.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.stream.encode.Frames;
import dev.tidegate.testing.LeakWatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever bytes a client sends, and however they are cut: what breaks the protocol ends the
 * connection with the right close code, nothing is thrown, nothing leaks.
 */
class ConnectionFuzzTest {
  private static final int LIMIT = 2048;
  private static Frames frames;
  private static LeakWatch leaks;

  @BeforeContainer
  static void watch() {
    leaks = LeakWatch.begin();
    frames = new Frames(PooledByteBufAllocator.DEFAULT, 6);
  }

  @AfterContainer
  static void nothingLeaked() {
    frames.close();
    assertThat(leaks.end()).isEmpty();
  }

  /** What became of a connection. */
  private record Outcome(
      List<String> messages, List<String> pongs, int closeCode, boolean open, int ends) {}

  private static Outcome send(byte[] bytes, boolean deflate, Random cuts) {
    List<String> messages = new ArrayList<>();
    int[] ends = {0};
    Connection connection = new Connection(frames, () -> 0, LIMIT, deflate);
    connection.receiver(
        new Receiver() {
          @Override
          public void message(int opcode, byte[] message, int length) {
            messages.add(FrameDice.seen(opcode, message, length));
          }

          @Override
          public void drained() {}

          @Override
          public void ended() {
            ends[0]++;
          }
        });
    EmbeddedChannel channel =
        new EmbeddedChannel(new StrictDecoder(deflate, LIMIT, connection), connection);
    int from = 0;
    while (from < bytes.length && channel.isOpen()) {
      int to = cuts == null ? bytes.length : Math.min(bytes.length, from + 1 + cuts.nextInt(40));
      ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(to - from);
      channel.writeInbound(piece.writeBytes(bytes, from, to - from));
      from = to;
    }
    boolean open = channel.isOpen();
    channel.finish();
    return read(channel, messages, open, ends);
  }

  private static Outcome read(
      EmbeddedChannel channel, List<String> messages, boolean open, int[] ends) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
      byte[] copy = new byte[sent.readableBytes()];
      sent.readBytes(copy);
      sent.release();
      out.writeBytes(copy);
    }
    byte[] sent = out.toByteArray();
    List<String> pongs = new ArrayList<>();
    int closeCode = 0;
    for (int at = 0; at < sent.length; ) {
      assertThat(closeCode).as("a close is the last that is said").isZero();
      int head = sent[at] & 0xFF;
      int length = sent[at + 1];
      assertThat(length).as("control frames are short and not masked").isBetween(0, 125);
      String payload = FrameDice.latin(sent).substring(at + 2, at + 2 + length);
      if (head == (0x80 | Frames.PONG)) {
        pongs.add(payload);
      } else {
        assertThat(head).isEqualTo(0x80 | Frames.CLOSE);
        closeCode = length < 2 ? 1005 : payload.charAt(0) << 8 | payload.charAt(1);
      }
      at += 2 + length;
    }
    return new Outcome(messages, pongs, closeCode, open, ends[0]);
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void whatIsRightIsUnderstood(@ForAll long seed, @ForAll boolean deflate) {
    FrameDice dice = new FrameDice(seed, LIMIT, deflate, frames.deflate()).conversation(true);
    Outcome open = send(dice.bytes(), deflate, dice.random);
    assertThat(open).isEqualTo(new Outcome(dice.messages, dice.pongs, 0, true, 1));
    int code = dice.close();
    dice.frame(0x80 | Frames.PING, new byte[] {1}); // too late to count
    Outcome closed = send(dice.bytes(), deflate, dice.random);
    assertThat(closed).isEqualTo(new Outcome(dice.messages, dice.pongs, code, false, 1));
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void aBrokenFrameAlwaysEndsTheConnection(@ForAll long seed, @ForAll boolean deflate) {
    FrameDice dice = new FrameDice(seed, LIMIT, deflate, frames.deflate()).conversation(false);
    Outcome expected =
        new Outcome(List.copyOf(dice.messages), List.copyOf(dice.pongs), dice.broken(), false, 1);
    dice.conversation(true);
    assertThat(send(dice.bytes(), deflate, dice.random)).isEqualTo(expected);
  }

  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void anythingAtAllIsTakenTheSameHoweverItIsCut(@ForAll long seed, @ForAll boolean deflate) {
    FrameDice dice = new FrameDice(seed, LIMIT, deflate, frames.deflate()).conversation(false);
    byte[] bytes = dice.mutated();
    Outcome whole = send(bytes, deflate, null);
    assertThat(whole.open())
        .as("open exactly when nothing was closed")
        .isEqualTo(whole.closeCode() == 0);
    assertThat(whole.ends()).isEqualTo(1);
    assertThat(send(bytes, deflate, dice.random)).isEqualTo(whole);
  }
}
