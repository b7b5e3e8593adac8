package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A service behind the gateway, over HTTP/1.1 or HTTP/2, that tells what its first request had
 * after its body, and answers {@code ok} with trailers of its own.
 */
final class TrailersBackend implements AutoCloseable {
  /** One that passes and two that do not. */
  private static final Map<String, String> ANSWERED =
      Map.of("x-after", "7", "set-cookie", "a=b", "keep-alive", "5");

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final Promise<Map<String, String>> trailers = Promise.promise();
  final Promise<String> body = Promise.promise();
  final int port;

  TrailersBackend(boolean http2) {
    Channel channel =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    if (http2) {
                      accepted
                          .pipeline()
                          .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2());
                    } else {
                      accepted
                          .pipeline()
                          .addLast(
                              new HttpServerCodec(), new HttpObjectAggregator(1000), new Http1());
                    }
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private static void add(Map<String, String> to, Iterable<? extends Map.Entry<?, ?>> fields) {
    fields.forEach(field -> to.put(field.getKey().toString(), field.getValue().toString()));
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private final class Http1 extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      FullHttpRequest request = (FullHttpRequest) message;
      Map<String, String> after = new TreeMap<>();
      add(after, request.trailingHeaders());
      body.tryComplete(request.content().toString(US_ASCII));
      trailers.tryComplete(after);
      request.release();
      DefaultHttpResponse head =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set("transfer-encoding", "chunked");
      ctx.write(head);
      ctx.write(new DefaultHttpContent(Unpooled.copiedBuffer("ok", US_ASCII)));
      DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      ANSWERED.forEach(last.trailingHeaders()::add);
      ctx.writeAndFlush(last);
    }
  }

  private final class Http2 extends ChannelInboundHandlerAdapter {
    private final StringBuilder read = new StringBuilder();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2DataFrame data) {
        read.append(data.content().toString(US_ASCII));
        if (data.isEndStream()) {
          answer(ctx, data.stream(), Map.of());
        }
        data.release();
      } else if (message instanceof Http2HeadersFrame headers && headers.isEndStream()) {
        Map<String, String> after = new TreeMap<>();
        add(after, headers.headers());
        answer(ctx, headers.stream(), after);
      }
    }

    private void answer(
        ChannelHandlerContext ctx, Http2FrameStream stream, Map<String, String> after) {
      body.tryComplete(read.toString());
      trailers.tryComplete(after);
      ctx.write(
          new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")).stream(stream));
      ctx.write(new DefaultHttp2DataFrame(Unpooled.copiedBuffer("ok", US_ASCII)).stream(stream));
      DefaultHttp2Headers last = new DefaultHttp2Headers(false);
      last.add("x-after", ANSWERED.get("x-after")).add("set-cookie", ANSWERED.get("set-cookie"));
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(last, true).stream(stream));
    }
  }
}
