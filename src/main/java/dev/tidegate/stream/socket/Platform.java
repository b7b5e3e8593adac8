package dev.tidegate.stream.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All that the stream assumes of what Vert.x has put into a channel: the connection knows its
 * channel, everything but TLS and the HTTP decoder can leave the pipeline, and the decoder gives
 * back what it has read beyond the request when it leaves last.
 */
public final class Platform {
  /** Unsent bytes above which market data waits in the rings, where it is kept fresh. */
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1, 1024);

  private Platform() {}

  /**
   * Puts the WebSocket in the place of HTTP; nothing is read before {@link #begin}.
   *
   * @param response the answer to the upgrade, of which one reference is taken over
   * @param notSentLowWater how much the kernel may hold unsent, in bytes; 0 leaves it to the system
   */
  public static void detach(
      HttpConnection http,
      StrictDecoder decoder,
      Connection connection,
      ByteBuf response,
      int notSentLowWater) {
    Channel channel = ((ConnectionBase) http).channelHandlerContext().channel();
    ChannelPipeline pipeline = channel.pipeline();
    Map<String, ChannelHandler> vertx = pipeline.toMap();
    pipeline.addLast(decoder, connection);
    vertx.forEach((name, handler) -> remove(pipeline, name, handler));
    pipeline.context(connection).writeAndFlush(response);
    tune(channel, notSentLowWater);
  }

  /**
   * Ends a connection whose other end is not trusted to say in a PROXY header for whom it speaks.
   * Called before anything else of the connection is heard.
   */
  public static void refuse(HttpConnection http, Predicate<String> trusted) {
    Channel channel = ((ConnectionBase) http).channelHandlerContext().channel();
    boolean known =
        channel.remoteAddress() instanceof InetSocketAddress peer
            && trusted.test(peer.getAddress().getHostAddress());
    if (!known) {
      channel.close();
    }
  }

  /**
   * Lets in what the client sends. The HTTP decoder goes last: what was sent behind the request, in
   * one packet with it, comes out of it now.
   */
  public static void begin(HttpConnection http) {
    ((ConnectionBase) http)
        .channelHandlerContext()
        .channel()
        .pipeline()
        .remove(HttpRequestDecoder.class);
  }

  private static void remove(ChannelPipeline pipeline, String name, ChannelHandler handler) {
    if (!(handler instanceof SslHandler || handler instanceof HttpRequestDecoder)) {
      pipeline.remove(name);
    }
  }

  /** The most direct memory that there may be, in bytes. */
  public static long directMemory() {
    return PlatformDependent.maxDirectMemory();
  }

  private static void tune(Channel channel, int notSentLowWater) {
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    if (notSentLowWater > 0 && channel instanceof EpollSocketChannel) {
      channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) notSentLowWater);
    }
  }
}
