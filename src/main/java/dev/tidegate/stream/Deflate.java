package dev.tidegate.stream;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * permessage-deflate (RFC 7692) without context takeover in either direction, so that one of these
 * serves every session of an event loop and a session costs no memory for it.
 */
final class Deflate implements AutoCloseable {
  private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

  private final Deflater deflater;
  private final Inflater inflater = new Inflater(true);
  private byte[] out = new byte[16 * 1024];

  Deflate(int level) {
    deflater = new Deflater(level, true);
  }

  /** The result of the last operation; valid until the next. */
  byte[] bytes() {
    return out;
  }

  int compress(byte[] message, int length) {
    deflater.reset();
    deflater.setInput(message, 0, length);
    int size = 0;
    while (true) {
      size += deflater.deflate(out, size, out.length - size, Deflater.SYNC_FLUSH);
      if (size < out.length) {
        return size - TAIL.length;
      }
      out = Arrays.copyOf(out, out.length * 2);
    }
  }

  /** The size of the message, or -1 when it is larger than the limit. */
  int expand(byte[] message, int length, int limit) throws DataFormatException {
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
