package dev.tidegate.ingress.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a caller has been answered and has not taken: bytes that the socket does not take, and large
 * answers that wait for an HTTP/2 window. Lives on the connection's event loop.
 */
final class Unsent {
  /** As many smaller ones as a connection may have streams are no burden. */
  private static final int LARGE = 8 * 1024;

  private final Channel channel;
  private final int most;
  private long large;
  private @Nullable Object first;
  private long progress;
  private long since;

  /** Nothing yet; more than {@code most} bytes are too much. */
  Unsent(Channel channel, int most) {
    this.channel = channel;
    this.most = most;
  }

  private @Nullable ChannelOutboundBuffer socket() {
    return channel.unsafe().outboundBuffer();
  }

  /** Whether the socket has too much before it. */
  boolean tooMuchForSocket() {
    ChannelOutboundBuffer waiting = socket();
    return waiting != null && waiting.totalPendingWriteBytes() > most;
  }

  /** Whether too much waits for windows. */
  boolean tooMuchForWindows() {
    return large > most;
  }

  /** An answer has been handed over whole. */
  void add(Future<Void> sent, int bytes) {
    if (bytes > LARGE && !sent.isComplete()) {
      large += bytes;
      sent.onComplete(v -> large -= bytes, e -> large -= bytes);
    }
  }

  /** For how long the socket has taken nothing of what is there for it. */
  long standstill(long now) {
    ChannelOutboundBuffer waiting = socket();
    Object head = waiting == null ? null : waiting.current();
    long written = waiting == null ? 0 : waiting.currentProgress();
    if (head == null || head != first || written != progress) {
      first = head;
      progress = written;
      since = now;
    }
    return now - since;
  }
}
