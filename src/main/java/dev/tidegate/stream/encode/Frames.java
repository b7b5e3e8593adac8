package dev.tidegate.stream.encode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.EnumMap;

/** Builds whole WebSocket frames as a server sends them: unmasked and unfragmented. */
public final class Frames implements AutoCloseable {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;

  private final ByteBufAllocator allocator;
  private final Deflate deflate;
  private final EnumMap<Codec, Form> forms = new EnumMap<>(Codec.class);

  public Frames(ByteBufAllocator allocator, int deflateLevel) {
    this.allocator = allocator;
    this.deflate = new Deflate(deflateLevel);
  }

  public Deflate deflate() {
    return deflate;
  }

  /** A text frame, compressed when that is asked for. */
  public ByteBuf text(Text text, boolean compressed) {
    return data(TEXT, text.bytes(), text.length(), compressed);
  }

  /** What was written of a batch as a frame. */
  public ByteBuf batch(Text out, Shape shape) {
    Codec codec = shape.codec();
    codec.messages.end(out);
    return data(codec.opcode, out.bytes(), out.length(), shape.deflate());
  }

  /** A reply, never compressed. */
  public ByteBuf reply(Statement reply, Codec codec) {
    Form form = forms.computeIfAbsent(codec, c -> c.form.get());
    reply.write(form.begin());
    Text out = form.end();
    return data(codec.opcode, out.bytes(), out.length(), false);
  }

  /** A data frame from bytes, compressed when that is asked for. */
  public ByteBuf data(int opcode, byte[] message, int length, boolean compressed) {
    return data(opcode, message, length, compressed ? Deflate.FULL : Deflate.NONE);
  }

  /** A data frame from bytes, compressed for an inflater with the window. */
  public ByteBuf data(int opcode, byte[] message, int length, int deflateBits) {
    if (deflateBits != Deflate.NONE) {
      int size = deflate.compress(message, length, deflateBits);
      return frame(FIN | RSV1 | opcode, deflate.bytes(), size);
    }
    return frame(FIN | opcode, message, length);
  }

  /** A data frame from what is compressed already, when that is asked for. */
  public ByteBuf encoded(int opcode, byte[] message, boolean compressed) {
    return frame(FIN | (compressed ? RSV1 : 0) | opcode, message, message.length);
  }

  public ByteBuf frame(int opcode, byte[] payload) {
    return frame(FIN | opcode, payload, payload.length);
  }

  private ByteBuf frame(int first, byte[] payload, int length) {
    ByteBuf frame = allocator.directBuffer(length + 10);
    frame.writeByte(first);
    if (length < 126) {
      frame.writeByte(length);
    } else if (length < 65536) {
      frame.writeByte(126).writeShort(length);
    } else {
      frame.writeByte(127).writeLong(length);
    }
    return frame.writeBytes(payload, 0, length);
  }

  @Override
  public void close() {
    deflate.close();
  }
}
