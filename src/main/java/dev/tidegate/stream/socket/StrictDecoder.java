package dev.tidegate.stream.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, which with an extension lets reserved bits through that nobody negotiated, and
 * waits for a whole frame: what has come of an unfinished one is looked at here, so that text that
 * cannot be UTF-8 and a message that will be too big end at once.
 */
public final class StrictDecoder extends WebSocket13FrameDecoder {
  private static final int RSV1 = 4;
  private static final int PIECE = 4096;

  private final @Nullable Connection connection;
  private boolean inFrame;
  private boolean broken;
  private int opcode;
  private int mask;
  private long payload;
  private int utf8;
  private int checked;

  /**
   * @param connection knows the message that a frame belongs to; null to look at whole frames only
   */
  public StrictDecoder(boolean deflate, int maxFrame, @Nullable Connection connection) {
    super(
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(true)
            .allowMaskMismatch(false)
            .allowExtensions(deflate)
            .maxFramePayloadLength(maxFrame)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .build());
    this.connection = connection;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (!inFrame && !begin(in)) {
      return;
    }
    int before = out.size();
    broken = true; // unless it returns
    super.decode(context, in, out);
    if (out.size() == before) {
      unfinished(in);
    }
    inFrame = out.size() == before;
    strict(before, out);
    broken = false;
  }

  /** Reads ahead what the frame begins with; false until all of that is here. */
  private boolean begin(ByteBuf in) {
    int at = in.readerIndex();
    int readable = in.readableBytes();
    if (readable < 2) {
      return false;
    }
    int length = in.getByte(at + 1) & 0x7F;
    boolean masked = in.getByte(at + 1) < 0;
    int size = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0);
    if (readable < size + (masked ? 4 : 0)) {
      return false;
    }
    opcode = in.getByte(at) & 15;
    payload =
        length == 126 ? in.getUnsignedShort(at + 2) : length == 127 ? in.getLong(at + 2) : length;
    mask = masked ? in.getInt(at + size) : 0;
    boolean plain = (in.getByte(at) & 0x70) == 0;
    utf8 = connection == null || !plain ? Utf8.BROKEN : connection.textState(opcode);
    checked = 0;
    inFrame = true;
    return true;
  }

  /** The buffer begins with the payload, of which more is to come. */
  private void unfinished(ByteBuf in) throws CorruptedWebSocketFrameException {
    if (connection != null && !connection.fits(opcode, payload)) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.MESSAGE_TOO_BIG, connection.tooBig());
    }
    if (utf8 == Utf8.BROKEN) {
      return; // not a text
    }
    int arrived = (int) Math.min(in.readableBytes(), payload);
    byte[] piece = new byte[Math.min(PIECE, Math.max(0, arrived - checked))];
    while (checked < arrived) {
      int size = Math.min(piece.length, arrived - checked);
      in.getBytes(in.readerIndex() + checked, piece, 0, size);
      for (int i = 0; i < size; i++) {
        piece[i] ^= (byte) (mask >> (24 - 8 * ((checked + i) & 3)));
      }
      utf8 = Utf8.check(utf8, piece, 0, size);
      checked += size;
      if (utf8 == Utf8.BROKEN) {
        throw new CorruptedWebSocketFrameException(
            WebSocketCloseStatus.INVALID_PAYLOAD_DATA, Connection.NOT_UTF8);
      }
    }
  }

  private static void strict(int before, List<Object> out) throws CorruptedWebSocketFrameException {
    if (out.size() > before && out.getLast() instanceof WebSocketFrame frame && frame.rsv() != 0) {
      boolean begins =
          frame instanceof io.netty.handler.codec.http.websocketx.TextWebSocketFrame
              || frame instanceof io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
      if (frame.rsv() != RSV1 || !begins) {
        out.removeLast();
        frame.release();
        throw new CorruptedWebSocketFrameException(
            WebSocketCloseStatus.PROTOCOL_ERROR, "reserved bits: " + frame.rsv());
      }
    }
  }
}
