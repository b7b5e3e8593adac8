package dev.tidegate.ingress;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service behind the gateway that answers each HTTP/2 request with heads of these statuses, after
 * it has refused some without a look.
 */
final class Http2Backend implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final int port;

  private final AtomicInteger refusals;

  /** The last of them ends the answer. */
  Http2Backend(List<String> statuses) {
    this(0, statuses);
  }

  Http2Backend(int refusals, List<String> statuses) {
    this.refusals = new AtomicInteger(refusals);
    Channel channel =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer().validateHeaders(false).build(),
                            new Answers(Http2Backend.this.refusals, statuses));
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static final class Answers extends Http2ChannelDuplexHandler {
    private final AtomicInteger refusals;
    private final List<String> statuses;

    Answers(AtomicInteger refusals, List<String> statuses) {
      this.refusals = refusals;
      this.statuses = statuses;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2HeadersFrame request) {
        if (refusals.getAndDecrement() > 0) {
          context.writeAndFlush(
              new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(request.stream()));
          return;
        }
        for (int i = 0; i < statuses.size(); i++) {
          DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
          headers.status(statuses.get(i)).set("x-turn", Integer.toString(i));
          boolean last = i == statuses.size() - 1;
          context.write(new DefaultHttp2HeadersFrame(headers, last).stream(request.stream()));
        }
        context.flush();
      } else {
        context.fireChannelRead(message);
      }
    }
  }
}
