package dev.tidegate.stream.encode;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * permessage-deflate (RFC 7692) without context takeover in either direction, so that one of these
 * serves every session of an event loop and a session costs no memory for it.
 */
public final class Deflate implements AutoCloseable {
  /** No compression, and the window that the JDK compresses with: 32 KB. */
  public static final int NONE = 0;

  public static final int FULL = 15;

  private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

  private final Deflater deflater;
  private final Inflater inflater = new Inflater(true);
  private byte[] out = new byte[16 * 1024];

  public Deflate(int level) {
    deflater = new Deflater(level, true);
  }

  /** The result of the last operation; valid until the next. */
  public byte[] bytes() {
    return out;
  }

  public int compress(byte[] message, int length) {
    return compress(message, length, FULL);
  }

  /**
   * Compresses so that an inflater with a window of that many bits understands. The JDK's own
   * window cannot be made smaller, but no reference crosses a full flush.
   */
  public int compress(byte[] message, int length, int bits) {
    deflater.reset();
    int piece = bits == FULL ? length : 1 << bits;
    int size = 0;
    int from = 0;
    for (; length - from > piece; from += piece) {
      size = add(message, from, piece, Deflater.FULL_FLUSH, size);
    }
    return add(message, from, length - from, Deflater.SYNC_FLUSH, size) - TAIL.length;
  }

  private int add(byte[] message, int from, int length, int flush, int before) {
    deflater.setInput(message, from, length);
    int size = before;
    while (true) {
      size += deflater.deflate(out, size, out.length - size, flush);
      if (size < out.length) {
        return size;
      }
      out = Arrays.copyOf(out, out.length * 2);
    }
  }

  /** The size of the message, or -1 when it is larger than the limit. */
  public int expand(byte[] message, int length, int limit) throws DataFormatException {
    inflater.reset();
    inflater.setInput(message, 0, length);
    int size = inflate(0, limit);
    if (size <= limit) {
      inflater.setInput(TAIL);
      size = inflate(size, limit);
    }
    return size > limit ? -1 : size;
  }

  private int inflate(int from, int limit) throws DataFormatException {
    int size = from;
    while (!inflater.needsInput() && !inflater.finished() && size <= limit) {
      if (size == out.length) {
        out = Arrays.copyOf(out, out.length * 2);
      }
      int n = inflater.inflate(out, size, out.length - size);
      if (n == 0 && inflater.needsDictionary()) {
        throw new DataFormatException("a dictionary is needed");
      }
      size += n;
    }
    return size;
  }

  @Override
  public void close() {
    deflater.end();
    inflater.end();
  }
}
