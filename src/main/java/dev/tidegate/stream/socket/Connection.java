package dev.tidegate.stream.socket;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket on the wire: puts messages together, answers pings, closes by the rules of RFC
 * 6455. It stands alone in the channel's pipeline, behind the decoder.
 */
public final class Connection extends ChannelInboundHandlerAdapter implements Outlet {
  /** How long a client has to answer our close. */
  private static final long CLOSE_PATIENCE = 5_000_000_000L;

  /** The same for one that may not be here any longer: it is gone within a second. */
  private static final long UNWANTED_PATIENCE = 750_000_000L;

  /** With so much unsent, a ping is not answered: who does not read does not need to hear it. */
  private static final long PONG_BOUND = 16 * 1024;

  static final String NOT_UTF8 = "text: not UTF-8";

  private static final byte[] NOTHING = new byte[0];

  private final Frames frames;
  private final Clock clock;
  private final int maxMessage;
  private final int deflateBits;
  private Receiver receiver = Receiver.NOBODY;
  private @Nullable ChannelHandlerContext context;
  private byte[] parts = NOTHING;
  private int length;
  private int utf8;
  private byte opcode;
  private boolean compressed;
  private boolean unflushed;
  private ConnectionLife life = ConnectionLife.OPEN;
  private long heardAt;

  /** When a socket that is closing is given up. */
  private long closeBy;

  /** A clock that moves a few times a second, for what need not be exact. */
  public interface Clock {
    long coarseNanos();
  }

  public Connection(Frames frames, Clock clock, int maxMessage, boolean deflate) {
    this(frames, clock, maxMessage, deflate ? Deflate.FULL : Deflate.NONE);
  }

  /**
   * @param deflateBits the window within which the client inflates, or {@link Deflate#NONE}
   */
  public Connection(Frames frames, Clock clock, int maxMessage, int deflateBits) {
    this.frames = frames;
    this.clock = clock;
    this.maxMessage = maxMessage;
    this.deflateBits = deflateBits;
    this.heardAt = clock.coarseNanos();
  }

  public void receiver(Receiver newReceiver) {
    receiver = newReceiver;
  }

  /**
   * Whether the client takes the compressed frames that all share; the rare one with a smaller
   * window gets the plain ones.
   */
  public boolean deflate() {
    return deflateBits == Deflate.FULL;
  }

  /** The window within which the client inflates. */
  public int deflateBits() {
    return deflateBits;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext in, Object message) {
    try {
      heardAt = clock.coarseNanos();
      if (life == ConnectionLife.PINGED) {
        life = ConnectionLife.OPEN;
      }
      if (message instanceof WebSocketFrame frame
          && (life.open() || frame instanceof CloseWebSocketFrame)) {
        take(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Goes out with whatever else the read brings, in one system call. */
  private void pong(PingWebSocketFrame ping) {
    if (pending() <= PONG_BOUND) {
      send(frames.frame(Frames.PONG, ByteBufUtil.getBytes(ping.content())));
      unflushed = true;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext in) {
    if (unflushed) {
      unflushed = false;
      flush();
    }
  }

  private void take(WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text -> begin(Frames.TEXT, text);
      case BinaryWebSocketFrame binary -> begin(Frames.BINARY, binary);
      case ContinuationWebSocketFrame part -> append(part);
      case PingWebSocketFrame ping -> pong(ping);
      case PongWebSocketFrame ignored -> {}
      case CloseWebSocketFrame close -> closed(close);
      default -> fail(CloseCode.PROTOCOL_ERROR, "unknown frame");
    }
  }

  /**
   * Where the check of a text stands that a plain frame goes on with; BROKEN when it is no text.
   */
  int textState(int frame) {
    if (!life.open()) {
      return Utf8.BROKEN;
    }
    boolean goesOn = frame == Frames.CONTINUATION && opcode == Frames.TEXT && !compressed;
    return frame == Frames.TEXT ? Utf8.COMPLETE : goesOn ? utf8 : Utf8.BROKEN;
  }

  /** Whether a frame of the size is not too much for its message. */
  boolean fits(int frame, long size) {
    return switch (frame) {
      case Frames.CONTINUATION -> !life.open() || length + size <= maxMessage;
      case Frames.TEXT, Frames.BINARY -> !life.open() || size <= maxMessage;
      default -> true;
    };
  }

  String tooBig() {
    return "message: more than " + maxMessage + " bytes";
  }

  private void begin(int kind, WebSocketFrame frame) {
    opcode = (byte) kind;
    compressed = frame.rsv() != 0;
    length = 0;
    utf8 = Utf8.COMPLETE;
    append(frame);
  }

  private void append(WebSocketFrame frame) {
    ByteBuf content = frame.content();
    int size = content.readableBytes();
    if (length + size > maxMessage) {
      fail(CloseCode.TOO_BIG, tooBig());
      return;
    }
    if (parts.length < length + size) {
      parts = Arrays.copyOf(parts, Math.max(length + size, Math.min(maxMessage, length * 2)));
    }
    content.readBytes(parts, length, size);
    if (opcode == Frames.TEXT && !compressed) {
      utf8 = Utf8.check(utf8, parts, length, length + size);
    }
    length += size;
    if (utf8 == Utf8.BROKEN) {
      fail(CloseCode.INVALID_PAYLOAD, NOT_UTF8);
    } else if (frame.isFinalFragment()) {
      complete();
    }
  }

  private void complete() {
    byte[] bytes = parts;
    int size = length;
    parts = NOTHING;
    length = 0;
    if (compressed) {
      size = expand(bytes, size);
      if (size < 0) {
        return;
      }
      bytes = frames.deflate().bytes();
      utf8 = opcode == Frames.TEXT ? Utf8.check(Utf8.COMPLETE, bytes, 0, size) : Utf8.COMPLETE;
    }
    if (utf8 != Utf8.COMPLETE) {
      fail(CloseCode.INVALID_PAYLOAD, NOT_UTF8);
    } else {
      receiver.message(opcode, bytes, size);
    }
  }

  private int expand(byte[] bytes, int size) {
    try {
      int expanded = frames.deflate().expand(bytes, size, maxMessage);
      if (expanded < 0) {
        fail(CloseCode.TOO_BIG, tooBig());
      }
      return expanded;
    } catch (DataFormatException e) {
      fail(CloseCode.INVALID_PAYLOAD, "message: not deflated");
      return -1;
    }
  }

  /** The client closes, or answers our close. */
  private void closed(CloseWebSocketFrame close) {
    if (life.open()) {
      closing(0);
      byte[] body = ByteBufUtil.getBytes(close.content());
      send(frames.frame(Frames.CLOSE, body.length < 2 ? NOTHING : Arrays.copyOf(body, 2)));
    }
    finish();
  }

  /** Nothing more can be made of what the client sends. */
  private void fail(CloseCode code, String reason) {
    if (life.open()) {
      closing(CLOSE_PATIENCE);
      send(closeFrame(code, reason));
    }
    ChannelHandlerContext out = context;
    if (out != null && out.channel() instanceof DuplexChannel channel && out.channel().isActive()) {
      context = null;
      Linger.begin(channel, this);
      end();
    } else {
      finish();
    }
  }

  private void closing(long patience) {
    life = ConnectionLife.CLOSING;
    closeBy = clock.coarseNanos() + patience;
  }

  private void finish() {
    ChannelHandlerContext out = context;
    if (out != null) {
      out.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER)
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  private ByteBuf closeFrame(CloseCode code, String reason) {
    return frames.frame(Frames.CLOSE, Retry.body(code, reason));
  }

  private void send(ByteBuf frame) {
    ChannelHandlerContext out = context;
    if (out == null) {
      frame.release();
    } else {
      out.write(frame, out.voidPromise());
    }
  }

  @Override
  public boolean writable() {
    ChannelHandlerContext out = context;
    return out != null && life.open() && out.channel().isWritable();
  }

  @Override
  public long pending() {
    ChannelHandlerContext out = context;
    var buffer = out == null ? null : out.channel().unsafe().outboundBuffer();
    if (buffer == null) {
      return 0;
    }
    long begun = buffer.isEmpty() ? 0 : buffer.currentProgress();
    return buffer.totalPendingWriteBytes() - begun;
  }

  @Override
  public void write(ByteBuf frame) {
    if (life.open()) {
      send(frame);
    } else {
      frame.release();
    }
  }

  @Override
  public void flush() {
    ChannelHandlerContext out = context;
    if (out != null) {
      out.flush();
    }
  }

  @Override
  public long heardAt() {
    return heardAt;
  }

  @Override
  public void close(CloseCode code, String reason) {
    if (life.open()) {
      send(closeFrame(code, reason));
      flush();
      boolean unwanted = code == CloseCode.BANNED || code == CloseCode.UNAUTHENTICATED;
      closing(unwanted ? UNWANTED_PATIENCE : CLOSE_PATIENCE);
    }
  }

  @Override
  public void drop() {
    ChannelHandlerContext out = context;
    if (out != null) {
      out.channel().unsafe().close(out.voidPromise()); // TLS would wait to say goodbye
    }
  }

  @Override
  public void check(long now, long pingAfter, long goneAfter) {
    ChannelHandlerContext out = context;
    if (out == null) {
      return;
    }
    long silence = now - heardAt;
    if (life.open() ? silence > goneAfter : now - closeBy > 0) {
      out.close();
    } else if (silence > pingAfter && life == ConnectionLife.OPEN) {
      life = ConnectionLife.PINGED;
      send(frames.frame(Frames.PING, NOTHING));
      flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext in) {
    if (in.channel().isWritable()) {
      receiver.drained();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext in) {
    end();
  }

  private void end() {
    Receiver old = receiver;
    receiver = Receiver.NOBODY;
    life = ConnectionLife.GONE;
    old.ended();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext in, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext in, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException broken) {
      fail(code(broken.closeStatus().code()), String.valueOf(broken.getMessage()));
    } else {
      in.close();
    }
  }

  private static CloseCode code(int status) {
    return switch (status) {
      case 1007 -> CloseCode.INVALID_PAYLOAD;
      case 1009 -> CloseCode.TOO_BIG;
      default -> CloseCode.PROTOCOL_ERROR;
    };
  }
}
