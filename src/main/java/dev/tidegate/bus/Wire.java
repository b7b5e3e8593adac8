package dev.tidegate.bus;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The compact binary form of a message: variable-length integers, length-prefixed UTF-8, counted
 * lists.
 */
public final class Wire {
  private Wire() {}

  /** Appends the fields of one message. */
  public static final class Writer {
    private final ByteBuf out = Unpooled.buffer(128);

    public Writer int64(long value) {
      long zigzag = (value << 1) ^ (value >> 63);
      while ((zigzag & ~0x7FL) != 0) {
        out.writeByte((int) ((zigzag & 0x7F) | 0x80));
        zigzag >>>= 7;
      }
      out.writeByte((int) zigzag);
      return this;
    }

    public Writer int32(int value) {
      return int64(value);
    }

    public Writer bool(boolean value) {
      out.writeByte(value ? 1 : 0);
      return this;
    }

    public Writer bytes(byte[] value) {
      int64(value.length);
      out.writeBytes(value);
      return this;
    }

    public Writer string(String value) {
      return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public Writer stringOrNull(@Nullable String value) {
      bool(value != null);
      return value == null ? this : string(value);
    }

    public <T> Writer list(List<T> items, BiConsumer<Writer, T> each) {
      int64(items.size());
      for (T item : items) {
        each.accept(this, item);
      }
      return this;
    }

    public <T> Writer orNull(@Nullable T item, BiConsumer<Writer, T> write) {
      bool(item != null);
      if (item != null) {
        write.accept(this, item);
      }
      return this;
    }

    /** The bytes written so far, not copied. */
    public ByteBuf buffer() {
      return out;
    }
  }

  /** Reads the fields in the order in which they were written. */
  public static final class Reader {
    private final ByteBuf in;

    public Reader(ByteBuf in) {
      this.in = in;
    }

    /** Whether an earlier release wrote no more than what was read. */
    public boolean ends() {
      return !in.isReadable();
    }

    public long int64() {
      long zigzag = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = in.readByte();
        zigzag |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return (zigzag >>> 1) ^ -(zigzag & 1);
        }
      }
      throw new IllegalArgumentException("varint: more than 64 bits");
    }

    public int int32() {
      return Math.toIntExact(int64());
    }

    public boolean bool() {
      return in.readByte() != 0;
    }

    public byte[] bytes() {
      int length = int32();
      if (length < 0 || length > in.readableBytes()) {
        throw new IllegalArgumentException(
            "length: " + length + " (expected 0.." + in.readableBytes() + ")");
      }
      byte[] value = new byte[length];
      in.readBytes(value);
      return value;
    }

    public String string() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    public @Nullable String stringOrNull() {
      return bool() ? string() : null;
    }

    public <T> List<T> list(Function<Reader, T> each) {
      int size = int32();
      if (size < 0 || size > in.readableBytes()) {
        throw new IllegalArgumentException(
            "list size: " + size + " (expected 0.." + in.readableBytes() + ")");
      }
      List<T> items = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        items.add(each.apply(this));
      }
      return items;
    }

    public <T> @Nullable T orNull(Function<Reader, T> read) {
      return bool() ? read.apply(this) : null;
    }
  }
}
