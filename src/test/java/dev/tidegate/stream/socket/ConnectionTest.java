package dev.tidegate.stream.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 and 7692 on the wire, byte by byte. */
class ConnectionTest {
  private static final int LIMIT = 1_000;

  /** Counts what is not given back. */
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);

  private final Frames frames = new Frames(memory, 6);
  private final List<String> messages = new ArrayList<>();
  private final SteppedLoop loop = new SteppedLoop();
  private boolean ended;
  private Connection connection;
  private EmbeddedChannel channel = open(false);

  private EmbeddedChannel open(boolean deflate) {
    connection = new Connection(frames, loop::nanos, LIMIT, deflate);
    connection.receiver(
        new Receiver() {
          @Override
          public void message(int opcode, byte[] bytes, int length) {
            messages.add(opcode + ":" + new String(bytes, 0, length, StandardCharsets.UTF_8));
          }

          @Override
          public void drained() {}

          @Override
          public void ended() {
            ended = true;
          }
        });
    EmbeddedChannel opened =
        new EmbeddedChannel(new StrictDecoder(deflate, LIMIT, connection), connection);
    opened.config().setAllocator(memory);
    return opened;
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    frames.close();
    assertThat(memory.metric().usedDirectMemory()).as("direct memory not given back").isZero();
    assertThat(memory.metric().usedHeapMemory()).as("heap buffers not given back").isZero();
  }

  @Test
  void whoIsDroppedHoldsNothingAnyMore() {
    for (int i = 0; i < 10; i++) {
      connection.write(frames.frame(Frames.TEXT, new byte[1_000]));
    }
    assertThat(connection.pending()).isGreaterThan(10_000);
    connection.close(CloseCode.SLOW_CONSUMER, "too slow");
    connection.drop();
    channel.runPendingTasks();
    assertThat(connection.pending()).isZero();
    assertThat(channel.isOpen()).isFalse();
    assertThat(ended).isTrue();
    connection.write(frames.frame(Frames.TEXT, new byte[1_000]));
    channel.releaseOutbound();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  private static byte[] frame(int first, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    if (payload.length < 126) {
      out.write(0x80 | payload.length);
    } else {
      out.write(0x80 | 126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    }
    byte[] mask = {1, 2, 3, 4};
    out.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ mask[i & 3]);
    }
    return out.toByteArray();
  }

  private static byte[] frame(int first, String payload) {
    return frame(first, payload.getBytes(StandardCharsets.UTF_8));
  }

  private void send(byte[]... parts) {
    for (byte[] part : parts) {
      channel.writeInbound(memory.directBuffer(part.length).writeBytes(part));
    }
  }

  /** The next frame that we sent: its first byte and its payload. */
  private byte[] sent() {
    while (true) {
      ByteBuf out = channel.readOutbound();
      if (out == null) {
        return null;
      }
      try {
        if (out.isReadable()) {
          byte[] bytes = new byte[out.readableBytes()];
          out.readBytes(bytes);
          return bytes;
        }
      } finally {
        out.release();
      }
    }
  }

  private int closeCode() {
    byte[] close = sent();
    assertThat(close).as("a close frame").isNotNull();
    assertThat(close[0] & 0xFF).isEqualTo(0x88);
    return (close[2] & 0xFF) << 8 | (close[3] & 0xFF);
  }

  @Test
  void putsFragmentsTogetherAroundControlFrames() {
    send(frame(0x01, "Hel"), frame(0x89, "?"), frame(0x00, "lo "), frame(0x80, "you"));
    assertThat(messages).containsExactly("1:Hello you");
    assertThat(sent()).containsExactly(0x8A, 1, '?');
  }

  @Test
  void pingsOfOneThatDoesNotReadAreNotAllAnswered() {
    byte[] ping = frame(0x89, "p".repeat(125));
    int count = 1000;
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      many.writeBytes(ping);
    }
    send(many.toByteArray());
    int answers = 0;
    while (sent() != null) {
      answers++;
    }
    assertThat(answers).isBetween(50, 200);
    send(ping);
    assertThat(sent()).startsWith(0x8A, 125);
  }

  @Test
  void takesFramesByteByByte() {
    for (byte b : frame(0x81, "slow é")) {
      send(new byte[] {b});
    }
    assertThat(messages).containsExactly("1:slow é");
  }

  @Test
  void refusesBadUtf8BeforeTheFrameIsWhole() {
    byte[] text = new byte[600];
    java.util.Arrays.fill(text, (byte) 'a');
    text[299] = (byte) 0xE2;
    text[300] = (byte) 0x82;
    text[301] = (byte) 0xAC;
    text[405] = (byte) 0xC3;
    byte[] frame = frame(0x81, text);
    int header = frame.length - text.length;
    for (int i = 0; i < header + 406; i++) {
      send(new byte[] {frame[i]});
      assertThat(channel.isOpen()).as("after byte " + i).isTrue();
    }
    send(new byte[] {frame[header + 406]});
    assertThat(closeCode()).isEqualTo(1007);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void refusesBadUtf8OfAnUnfinishedLaterFragment() {
    byte[] later = frame(0x80, new byte[] {0x28, 'a', 'b'});
    send(frame(0x01, new byte[] {'x', (byte) 0xC3}));
    send(java.util.Arrays.copyOf(later, later.length - 3));
    assertThat(channel.isOpen()).isTrue();
    send(new byte[] {later[later.length - 3]});
    assertThat(closeCode()).isEqualTo(1007);
  }

  @Test
  void refusesAMessageThatWillBeTooBigBeforeItHasCome() {
    send(frame(0x01, new byte[600]));
    byte[] later = frame(0x80, new byte[500]);
    send(java.util.Arrays.copyOf(later, 20));
    assertThat(closeCode()).isEqualTo(1009);
  }

  @Test
  void refusesBadUtf8EvenSplitAcrossFragments() {
    send(frame(0x01, new byte[] {(byte) 0xC3}), frame(0x80, new byte[] {0x28}));
    assertThat(closeCode()).isEqualTo(1007);
    assertThat(channel.isOpen()).isFalse();
    assertThat(ended).isTrue();
  }

  @Test
  void acceptsACharacterSplitAcrossFragments() {
    send(frame(0x01, new byte[] {(byte) 0xE2, (byte) 0x82}), frame(0x80, new byte[] {(byte) 0xAC}));
    assertThat(messages).containsExactly("1:€");
  }

  @Test
  void refusesTextThatEndsInsideACharacter() {
    send(frame(0x81, new byte[] {(byte) 0xE2, (byte) 0x82}));
    assertThat(closeCode()).isEqualTo(1007);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x91, 0xA1, 0xC1, 0xF1, 0x83, 0x87, 0x8B, 0x8F, 0x09, 0x80})
  void refusesReservedBitsAndOpcodesAndStrayContinuations(int first) {
    send(frame(first, "x"));
    assertThat(closeCode()).isEqualTo(1002);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void refusesUnmaskedFrames() {
    send(new byte[] {(byte) 0x81, 1, 'x'});
    assertThat(closeCode()).isEqualTo(1002);
  }

  @Test
  void refusesANewMessageInsideAnother() {
    send(frame(0x01, "a"), frame(0x81, "b"));
    assertThat(closeCode()).isEqualTo(1002);
  }

  @Test
  void refusesWhatIsTooBigInOneFrameOrInMany() {
    send(frame(0x81, "x".repeat(LIMIT + 1)));
    assertThat(closeCode()).isEqualTo(1009);
    channel.finishAndReleaseAll();
    channel = open(false);
    send(frame(0x01, "x".repeat(LIMIT)), frame(0x80, "x"));
    assertThat(closeCode()).isEqualTo(1009);
  }

  @ParameterizedTest
  @CsvSource({"1000,1000", "1001,1001", "3000,3000", "4999,4999", "999,1002", "1005,1002"})
  void answersACloseWithItsCodeAndABadCodeWithAnError(int code, int answer) {
    send(frame(0x88, new byte[] {(byte) (code >> 8), (byte) code, 'b', 'y', 'e'}));
    assertThat(closeCode()).isEqualTo(answer);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void answersAnEmptyCloseWithAnEmptyClose() {
    send(frame(0x88, ""));
    assertThat(sent()).containsExactly(0x88, 0);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void refusesACloseWithABrokenReason() {
    send(frame(0x88, new byte[] {3, (byte) 0xE8, (byte) 0xFF}));
    assertThat(closeCode()).isEqualTo(1007);
  }

  @Test
  void waitsForTheAnswerToItsOwnCloseButNotForever() {
    connection.close(CloseCode.DRAIN, "leaving");
    assertThat(closeCode()).isEqualTo(4001);
    send(frame(0x81, "late"));
    assertThat(messages).isEmpty();
    loop.advance(1_000);
    connection.check(loop.nanos(), 0, 0);
    assertThat(channel.isOpen()).as("cut because it was silent before").isTrue();
    loop.advance(6_000);
    connection.check(loop.nanos(), Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"BANNED, true", "UNAUTHENTICATED, true", "DRAIN, false", "LIMIT, false"})
  void doesNotWaitForTheUnwanted(CloseCode code, boolean gone) {
    connection.close(code, "");
    loop.advance(700);
    connection.check(loop.nanos(), Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(channel.isOpen()).isTrue();
    loop.advance(100);
    connection.check(loop.nanos(), Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(channel.isOpen()).isEqualTo(!gone);
  }

  @Test
  void asksASilentClientAndGivesUpOnADeadOne() {
    loop.advance(16_000);
    connection.check(loop.nanos(), 15_000_000_000L, 30_000_000_000L);
    assertThat(sent()).containsExactly(0x89, 0);
    connection.check(loop.nanos(), 15_000_000_000L, 30_000_000_000L);
    assertThat(sent()).as("one ping is enough").isNull();
    send(frame(0x8A, ""));
    loop.advance(16_000);
    connection.check(loop.nanos(), 15_000_000_000L, 30_000_000_000L);
    assertThat(sent()).containsExactly(0x89, 0);
    loop.advance(15_000);
    connection.check(loop.nanos(), 15_000_000_000L, 30_000_000_000L);
    assertThat(channel.isOpen()).isFalse();
  }

  private static byte[] deflate(byte[] message) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(message);
    byte[] out = new byte[message.length + 100];
    int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return java.util.Arrays.copyOf(out, size - 4);
  }

  @Test
  void readsCompressedMessagesWholeAndInFragments() {
    channel.finishAndReleaseAll();
    channel = open(true);
    byte[] data = deflate("price price price €".getBytes(StandardCharsets.UTF_8));
    send(frame(0xC1, data));
    send(
        frame(0x41, java.util.Arrays.copyOf(data, 5)),
        frame(0x80, java.util.Arrays.copyOfRange(data, 5, data.length)));
    send(frame(0x81, "plain"));
    assertThat(messages)
        .containsExactly("1:price price price €", "1:price price price €", "1:plain");
  }

  @Test
  void refusesABombRubbishAndCompressedBadUtf8() {
    channel.finishAndReleaseAll();
    channel = open(true);
    send(frame(0xC1, deflate(new byte[100 * LIMIT])));
    assertThat(closeCode()).isEqualTo(1009);
    channel.finishAndReleaseAll();
    channel = open(true);
    send(frame(0xC1, new byte[] {(byte) 0xFF, (byte) 0xFF, 1, 2, 3}));
    assertThat(closeCode()).isEqualTo(1007);
    channel.finishAndReleaseAll();
    channel = open(true);
    send(frame(0xC1, deflate(new byte[] {(byte) 0xC3, 0x28})));
    assertThat(closeCode()).isEqualTo(1007);
    channel.finishAndReleaseAll();
    channel = open(true);
    send(frame(0xC9, "ping"));
    assertThat(closeCode()).isEqualTo(1002);
  }

  @Test
  void noRubbishEscapesOrSurvives() {
    Random random = new Random(42);
    for (int round = 0; round < 3_000; round++) {
      channel = open(round % 2 == 0);
      byte[] rubbish = new byte[1 + random.nextInt(60)];
      random.nextBytes(rubbish);
      send(rubbish);
      channel.checkException();
      for (byte[] out = sent(); out != null; out = sent()) {
        int opcode = out[0] & 0x0F;
        assertThat(opcode).isIn(Frames.CLOSE, Frames.PONG);
      }
      channel.finishAndReleaseAll();
    }
  }
}
