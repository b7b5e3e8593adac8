package dev.tidegate.ingress.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time until a clear-text connection has sent its first head. Vert.x tells us of a
 * connection only then, because until then it may turn out to speak HTTP/2; so this sits on the
 * listening socket and meets each connection as it is accepted.
 */
@Sharable
final class FirstHead extends ChannelInboundHandlerAdapter {
  private static final String NAME = "firstHead";

  private final long headMillis;
  private final Supplier<String> ids;

  FirstHead(long headMillis, Supplier<String> ids) {
    this.headMillis = headMillis;
    this.ids = ids;
  }

  /** Installs itself on the listening socket of a connection, once. */
  void watch(@Nullable Channel listener) {
    if (listener != null && listener.pipeline().get(NAME) == null) {
      try {
        listener.pipeline().addFirst(NAME, this);
      } catch (IllegalArgumentException e) {
        // Another instance on the same port was faster.
        return;
      }
    }
  }

  /** Its first head has been read. */
  void passed(Channel connection) {
    if (connection.pipeline().get(NAME) != null) {
      connection.pipeline().remove(NAME);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof Channel accepted) {
      accepted.pipeline().addFirst(NAME, new Timer(headMillis, ids));
    }
    ctx.fireChannelRead(message);
  }

  /** On one connection, until a {@link ClientConnection} takes over. */
  private static final class Timer extends ChannelInboundHandlerAdapter {
    private final long headMillis;
    private final Supplier<String> ids;
    private @Nullable ScheduledFuture<?> timer;
    private boolean begun;

    Timer(long headMillis, Supplier<String> ids) {
      this.headMillis = headMillis;
      this.ids = ids;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      timer =
          ctx.channel().eventLoop().schedule(() -> expired(ctx), headMillis, TimeUnit.MILLISECONDS);
      ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!begun) {
        begun = true;
        HttpInternals.readFromTheFirst(ctx.pipeline());
      }
      ctx.fireChannelRead(message);
    }

    private void expired(ChannelHandlerContext ctx) {
      if (begun) {
        ctx.writeAndFlush(RawRefusal.tooSlow(ids.get())).addListener(ChannelFutureListener.CLOSE);
      } else {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      cancel();
      ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      cancel();
    }

    private void cancel() {
      ScheduledFuture<?> running = timer;
      if (running != null) {
        running.cancel(false);
        timer = null;
      }
    }
  }
}
