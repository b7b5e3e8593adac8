package dev.tidegate.stream.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Throws a client's frames, right ones and broken ones, and knows what must come of them. */
public final class FrameDice {
  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int[] GOOD_CODES = {1000, 1001, 1003, 1011, 3000, 4321, 4999};
  private static final int[] BAD_CODES = {0, 7, 999, 1004, 1005, 1006, 1015, 1016, 2999};
  private static final String[] NOT_UTF8 = {
    "\u0080", "\u00C0\u00AF", "\u00ED\u00A0\u0080", "\u00FF"
  };
  private static final String[] WORDS = {"", "{\"op\":\"ping\"}", "Grüße", "κόσμε", "\uD83D\uDE00"};

  public final Random random;
  private final int limit;
  private final boolean deflate;
  private final Deflate deflater;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** What the receiver must get: the opcode and the bytes as Latin-1 text. */
  final List<String> messages = new ArrayList<>();

  /** What pings must bring back. */
  final List<String> pongs = new ArrayList<>();

  private boolean inside;

  public FrameDice(long seed, int limit, boolean deflate, Deflate deflater) {
    this.random = new Random(seed);
    this.limit = limit;
    this.deflate = deflate;
    this.deflater = deflater;
  }

  public byte[] bytes() {
    return bytes.toByteArray();
  }

  static String seen(int opcode, byte[] message, int length) {
    return opcode + ":" + latin(Arrays.copyOf(message, length));
  }

  static String latin(byte[] text) {
    return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static byte[] raw(String latin) {
    return latin.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** Some messages and control frames without a fault; a message may be left half said. */
  public FrameDice conversation(boolean whole) {
    for (int n = random.nextInt(6); n > 0; n--) {
      if (random.nextInt(3) == 0) {
        control();
      } else {
        message();
      }
    }
    if (!whole && random.nextBoolean()) {
      frame(Frames.TEXT, text());
      inside = true;
    }
    return this;
  }

  private void control() {
    byte[] payload = noise(random.nextInt(126));
    if (random.nextBoolean()) {
      pongs.add(latin(payload));
      frame(FIN | Frames.PING, payload);
    } else {
      frame(FIN | Frames.PONG, payload);
    }
  }

  private void message() {
    int opcode = random.nextBoolean() ? Frames.TEXT : Frames.BINARY;
    byte[] message = opcode == Frames.TEXT ? text() : noise(random.nextInt(300));
    messages.add(seen(opcode, message, message.length));
    byte[] sent = message;
    int head = opcode;
    if (deflate && random.nextBoolean()) {
      int size = deflater.compress(message, message.length);
      sent = Arrays.copyOf(deflater.bytes(), size);
      head |= RSV1;
    }
    int from = 0;
    for (int left = random.nextInt(3); left > 0; left--) {
      int to = from + random.nextInt(sent.length - from + 1);
      frame(head, Arrays.copyOfRange(sent, from, to));
      from = to;
      head = 0;
      if (random.nextInt(4) == 0) {
        control();
      }
    }
    frame(FIN | head, Arrays.copyOfRange(sent, from, sent.length));
  }

  private byte[] text() {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(5); n > 0; n--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString().getBytes(UTF_8);
  }

  private byte[] noise(int size) {
    byte[] noise = new byte[size];
    random.nextBytes(noise);
    return noise;
  }

  void frame(int head, byte[] payload) {
    bytes.write(head);
    if (payload.length < 126) {
      bytes.write(0x80 | payload.length);
    } else {
      bytes.write(0xFE);
      bytes.write(payload.length >> 8);
      bytes.write(payload.length);
    }
    byte[] mask = noise(4);
    bytes.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      bytes.write(payload[i] ^ mask[i & 3]);
    }
  }

  /** A good close; returns the code that must come back. */
  int close() {
    int code = GOOD_CODES[random.nextInt(GOOD_CODES.length)];
    frame(FIN | Frames.CLOSE, closing(code, "bye"));
    return code;
  }

  private static byte[] closing(int code, String latinReason) {
    return raw((char) (code >> 8) + "" + (char) (code & 0xFF) + latinReason);
  }

  /** A frame that breaks the protocol here; returns the code that it must be answered with. */
  public int broken() {
    int kind = random.nextInt(13);
    switch (kind) {
      case 0 -> frame(FIN | (random.nextBoolean() ? 0x10 : 0x20) | Frames.TEXT, text());
      case 1 -> frame(FIN | (3 + random.nextInt(5)), text());
      case 2 -> frame(FIN | (11 + random.nextInt(5)), text());
      case 3 -> frame(FIN | (8 + random.nextInt(3)), noise(126 + random.nextInt(50)));
      case 4 -> frame(8 + random.nextInt(3), noise(random.nextInt(9)));
      case 5 -> frame(FIN | RSV1 | (8 + random.nextInt(3)), new byte[0]);
      case 6 -> frame((random.nextBoolean() ? FIN : 0) | (inside ? Frames.TEXT : 0), text());
      case 7 -> bytes.writeBytes(new byte[] {(byte) 0x81, 2, 'h', 'i'});
      case 8 ->
          bytes.writeBytes(new byte[] {(byte) 0x8A, (byte) 0xFE, 0, 5, 1, 2, 3, 4, 0, 0, 0, 0, 0});
      case 9 -> frame(FIN | Frames.CLOSE, closing(BAD_CODES[random.nextInt(BAD_CODES.length)], ""));
      case 10 -> frame(FIN | Frames.CLOSE, new byte[] {3});
      case 11 -> {
        String bad = NOT_UTF8[random.nextInt(NOT_UTF8.length)];
        frame((random.nextBoolean() ? FIN : 0) | (inside ? 0 : Frames.TEXT), raw("a" + bad));
        return 1007;
      }
      default -> {
        frame(inside ? 0 : Frames.BINARY, noise(limit + 1 + random.nextInt(99)));
        return 1009;
      }
    }
    return 1002;
  }

  /** The bytes with some of them changed, lost, doubled or made up. */
  public byte[] mutated() {
    byte[] now = bytes();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int at = now.length == 0 ? 0 : random.nextInt(now.length);
      int to = Math.min(now.length, at + random.nextInt(12));
      byte[] between =
          switch (random.nextInt(4)) {
            case 0 -> new byte[0];
            case 1 -> noise(to - at);
            case 2 -> Arrays.copyOfRange(now, Math.max(0, at - random.nextInt(12)), to);
            default -> noise(random.nextInt(24));
          };
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      next.write(now, 0, at);
      next.writeBytes(between);
      next.write(now, to, now.length - to);
      now = next.toByteArray();
    }
    return now;
  }
}
