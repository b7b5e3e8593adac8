package dev.tidegate.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How one record travels: by reference inside the JVM, and between nodes as a version byte, a
 * length and its fields. A reader skips what a newer writer appended, so two releases can run side
 * by side.
 */
public final class BusCodec<T> implements MessageCodec<T, T> {
  private static final byte VERSION = 1;

  private final Class<T> type;
  private final BiConsumer<Wire.Writer, T> write;
  private final Function<Wire.Reader, T> read;

  public BusCodec(Class<T> type, BiConsumer<Wire.Writer, T> write, Function<Wire.Reader, T> read) {
    this.type = type;
    this.write = write;
    this.read = read;
  }

  public Class<T> type() {
    return type;
  }

  @Override
  public void encodeToWire(Buffer buffer, T message) {
    Wire.Writer writer = new Wire.Writer();
    write.accept(writer, message);
    int length = writer.buffer().readableBytes();
    buffer.appendByte(VERSION).appendInt(length);
    buffer.appendBuffer(BufferInternal.buffer(writer.buffer()));
  }

  @Override
  public T decodeFromWire(int position, Buffer buffer) {
    byte version = buffer.getByte(position);
    if (version != VERSION) {
      throw new IllegalArgumentException(
          type.getSimpleName() + " version: " + version + " (expected " + VERSION + ")");
    }
    int length = buffer.getInt(position + 1);
    return read.apply(
        new Wire.Reader(((BufferInternal) buffer).getByteBuf().slice(position + 5, length)));
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return type.getName();
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
