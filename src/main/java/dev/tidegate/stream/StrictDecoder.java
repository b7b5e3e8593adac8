package dev.tidegate.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;

/** Netty's decoder, which with an extension lets reserved bits through that nobody negotiated. */
final class StrictDecoder extends WebSocket13FrameDecoder {
  private static final int RSV1 = 4;

  StrictDecoder(boolean deflate, int maxFrame) {
    super(
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(true)
            .allowMaskMismatch(false)
            .allowExtensions(deflate)
            .maxFramePayloadLength(maxFrame)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .build());
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    int before = out.size();
    super.decode(context, in, out);
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
