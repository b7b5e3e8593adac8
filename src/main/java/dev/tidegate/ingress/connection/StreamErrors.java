package dev.tidegate.ingress.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LifecycleManager;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What becomes of an HTTP/2 connection whose caller goes on with streams that it has ended: Netty
 * resets them one by one, but the caller's view of the connection is not ours any more (RFC 9113,
 * sections 5.1 and 5.1.1). Who has not heard yet that a stream was reset may go on with it.
 */
final class StreamErrors implements Http2LifecycleManager {
  /** As many resets as may still be on their way. */
  private static final int REMEMBERED = 1_000;

  private final Http2LifecycleManager codec;
  private final Http2Connection connection;
  private final Queue<Integer> resets = new ArrayDeque<>();
  private int opened;

  /** What is wrong is with something of ours, as with an answer that the caller has cancelled. */
  private boolean sending;

  /** Takes its place before the handler. */
  StreamErrors(Http2ConnectionHandler handler) {
    this.codec = handler;
    this.connection = handler.connection();
    this.opened = connection.numActiveStreams();
    handler.encoder().lifecycleManager(this);
  }

  /** The caller has opened one more stream. */
  void opened() {
    opened++;
  }

  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int stream, long error, ChannelPromise promise) {
    if (error == Http2Error.STREAM_CLOSED.code() && !sending && !resets.contains(stream)) {
      codec.onError(ctx, false, gone(stream));
      return promise.setFailure(gone(stream));
    }
    resets.add(stream);
    if (resets.size() > REMEMBERED) {
      resets.remove();
    }
    return codec.resetStream(ctx, stream, error, promise);
  }

  /** It was used and is closed; or it was passed over, and may not be used any more. */
  private Http2Exception gone(int stream) {
    boolean all = opened == (connection.remote().lastStreamCreated() + 1) / 2;
    return Http2Exception.connectionError(
        all ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR, "Stream %d is gone", stream);
  }

  @Override
  public void closeStreamLocal(Http2Stream stream, ChannelFuture future) {
    codec.closeStreamLocal(stream, future);
  }

  @Override
  public void closeStreamRemote(Http2Stream stream, ChannelFuture future) {
    codec.closeStreamRemote(stream, future);
  }

  @Override
  public void closeStream(Http2Stream stream, ChannelFuture future) {
    codec.closeStream(stream, future);
  }

  @Override
  public ChannelFuture goAway(
      ChannelHandlerContext ctx, int last, long error, ByteBuf data, ChannelPromise promise) {
    return codec.goAway(ctx, last, error, data, promise);
  }

  @Override
  public void onError(ChannelHandlerContext ctx, boolean outbound, Throwable cause) {
    boolean before = sending;
    sending |= outbound;
    try {
      codec.onError(ctx, outbound, cause);
    } finally {
      sending = before;
    }
  }
}
