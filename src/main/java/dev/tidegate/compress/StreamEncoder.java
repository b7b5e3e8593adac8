package dev.tidegate.compress;

import dev.tidegate.policy.BodyEncoder;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Puts a body through a stream that compresses. What comes out leaves at once. */
final class StreamEncoder implements BodyEncoder {
  /** Makes the stream that compresses into another. */
  interface Opener {
    OutputStream open(OutputStream out) throws IOException;
  }

  /** Gathers what comes out. */
  private static final class Gathered extends OutputStream {
    private Buffer bytes = Buffer.buffer();

    @Override
    public void write(int b) {
      bytes.appendByte((byte) b);
    }

    @Override
    public void write(byte[] data, int from, int length) {
      bytes.appendBytes(data, from, length);
    }

    Buffer take() {
      Buffer taken = bytes;
      bytes = Buffer.buffer();
      return taken;
    }
  }

  private final Gathered gathered = new Gathered();
  private final OutputStream stream;
  private final boolean flushing;
  private boolean closed;

  StreamEncoder(Opener opener, boolean flushing) {
    this.flushing = flushing;
    try {
      stream = opener.open(gathered);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Buffer encode(Buffer data) {
    try {
      stream.write(data.getBytes());
      if (flushing) {
        stream.flush();
      }
      return gathered.take();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Buffer finish(@Nullable Buffer last) {
    try {
      if (last != null) {
        stream.write(last.getBytes());
      }
      closed = true;
      stream.close();
      return gathered.take();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
