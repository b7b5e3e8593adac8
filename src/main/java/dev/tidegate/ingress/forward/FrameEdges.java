package dev.tidegate.ingress.forward;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Where one of a server's frames ends and the next one begins (RFC 6455 5.2), in bytes that come in
 * any pieces: only there can a frame be put in.
 */
final class FrameEdges {
  private static final int CLOSE = 8;
  private static final int WHOLE_CLOSE = 0x88;

  private int header;
  private int headerLength = 2;
  private int opcode;
  private int lengthBytes;
  private long payload;
  private boolean closed;

  /** So much has been passed on. */
  void passed(Buffer data) {
    int at = 0;
    int end = data.length();
    while (at < end) {
      if (header == headerLength) {
        long step = Math.min(payload, end - at);
        payload -= step;
        at += (int) step;
      } else {
        head(data.getUnsignedByte(at++));
      }
      if (header == headerLength && payload == 0) {
        closed |= opcode == CLOSE;
        header = 0;
        headerLength = 2;
      }
    }
  }

  private void head(int b) {
    switch (header++) {
      case 0 -> opcode = b & 15;
      case 1 -> second(b);
      default -> {
        if (header <= 2 + lengthBytes) {
          payload = (payload << 8 | b) & Long.MAX_VALUE;
        }
      }
    }
  }

  private void second(int b) {
    int length = b & 127;
    lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    payload = lengthBytes == 0 ? length : 0;
    headerLength = 2 + lengthBytes + ((b & 128) == 0 ? 0 : 4);
  }

  /** A frame that closes with the code, if it can be sent now and none has been. */
  @Nullable Buffer close(int code) {
    return code == 0 || closed || header != 0
        ? null
        : Buffer.buffer(4)
            .appendUnsignedByte((short) WHOLE_CLOSE)
            .appendUnsignedByte((short) 2)
            .appendUnsignedShort(code);
  }
}
