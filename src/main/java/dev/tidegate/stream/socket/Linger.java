package dev.tidegate.stream.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose client may still be sending. A socket that is closed with unread
 * input resets the connection, and the reset destroys our close frame on its way; so we say that
 * nothing follows, and read and discard for a while.
 */
public final class Linger extends ChannelInboundHandlerAdapter {
  private static final int MOST_BYTES = 16 * 1024 * 1024;
  private static final long MOST_MILLIS = 2_000;

  private int discarded;

  /** Takes the places of the connection and its decoder; what was written before goes out first. */
  static void begin(DuplexChannel channel, ChannelHandler connection) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.replace(connection, null, new Linger());
    if (pipeline.get(StrictDecoder.class) != null) {
      pipeline.remove(StrictDecoder.class);
    }
    SslHandler tls = pipeline.get(SslHandler.class);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            sent -> {
              if (tls == null) {
                channel.shutdownOutput();
              } else {
                tls.closeOutbound().addListener(said -> channel.shutdownOutput());
              }
            });
    var patience = channel.eventLoop().schedule(close(channel), MOST_MILLIS, TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(closed -> patience.cancel(false));
  }

  private static Runnable close(Channel channel) {
    return channel::close;
  }

  @Override
  public void channelRead(ChannelHandlerContext in, Object message) {
    discarded += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    if (discarded > MOST_BYTES) {
      in.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext in, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext in, Throwable cause) {
    in.close();
  }
}
