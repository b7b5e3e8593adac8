package dev.tidegate.stream.door;

import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.problem.Problem;
import dev.tidegate.stream.Enforcement;
import dev.tidegate.stream.Hub;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.observe.StreamMeters.Refused;
import dev.tidegate.stream.session.Protocol;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.socket.Connection;
import dev.tidegate.stream.socket.Handshake;
import dev.tidegate.stream.socket.Receiver;
import dev.tidegate.stream.socket.StrictDecoder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns HTTP requests into sessions. After the answer, Vert.x's handlers leave the channel: what
 * stays is TLS, the frame decoder and the {@link Connection}, which is what makes an idle session
 * small and a delivery cheap.
 */
public final class Upgrade {
  private static final Logger log = LoggerFactory.getLogger(Upgrade.class);
  public static final String STREAM = "/v1/stream";
  static final String SCHEMA = "/v1/stream.proto";
  static final String ECHO = "/v1/echo";
  private static final int ECHO_LIMIT = 32 * 1024 * 1024;

  /** Unsent bytes above which market data waits in the rings, where it is kept fresh. */
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1, 1024);

  private final Hub hub;
  private final Protocol protocol;
  private final Authenticator authenticator;
  private final Connection.Clock clock;
  private final Enforcement enforcement;
  private final Answers answers = new Answers(new RequestIds(RandomGenerator.getDefault()));
  private boolean draining;

  public Upgrade(
      Hub hub,
      Protocol protocol,
      Authenticator authenticator,
      Connection.Clock clock,
      Enforcement enforcement) {
    this.hub = hub;
    this.protocol = protocol;
    this.authenticator = authenticator;
    this.clock = clock;
    this.enforcement = enforcement;
  }

  /** From now on nobody is let in. */
  public void drain() {
    draining = true;
  }

  public void handle(HttpServerRequest request) {
    String path = request.path();
    boolean echo = hub.config().echo() && ECHO.equals(path);
    String banned = enforcement.refusal(address(request));
    if (banned != null) {
      answers.problem(request, Problem.BANNED, banned, Map.of("Connection", "close"));
    } else if (SCHEMA.equals(path) && HttpMethod.GET.equals(request.method())) {
      answers.schema(request);
    } else if (!STREAM.equals(path) && !echo) {
      answers.problem(request, Problem.NOT_FOUND, "the stream is at " + STREAM);
    } else if (!HttpMethod.GET.equals(request.method())) {
      answers.problem(request, Problem.METHOD_NOT_ALLOWED, "a WebSocket begins with GET");
    } else if (!asksForWebSocket(request)) {
      answers.upgradeRequired(request);
    } else if (!Handshake.validKey(request.getHeader("Sec-WebSocket-Key"))) {
      answers.problem(request, Problem.BAD_REQUEST, "Sec-WebSocket-Key: expected 16 bytes, base64");
    } else if (draining) {
      answers.problem(request, Problem.DRAINING, "try another node", Map.of("Retry-After", "1"));
    } else if (echo) {
      echo(request);
    } else {
      stream(request);
    }
  }

  private static boolean asksForWebSocket(HttpServerRequest request) {
    String connection = request.getHeader("Connection");
    return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
        && connection != null
        && connection.toLowerCase(java.util.Locale.ROOT).contains("upgrade")
        && "13".equals(request.getHeader("Sec-WebSocket-Version"));
  }

  private void stream(HttpServerRequest request) {
    Authenticator.@Nullable Verdict verdict = verdict(request);
    Identity identity = verdict == null ? null : verdict.identity();
    if (verdict != null && identity == null) {
      hub.meters().refused(Refused.CREDENTIALS);
      answers.problem(request, Problem.UNAUTHENTICATED, String.valueOf(verdict.refusal()));
      return;
    }
    String banned = enforcement.refusal(identity);
    if (banned != null) {
      answers.problem(request, Problem.BANNED, banned);
      return;
    }
    String at = address(request);
    StreamConfig.Tier tier = hub.tier(identity == null ? StreamConfig.ANONYMOUS : identity.tier());
    String who = identity == null ? at : Hub.user(identity.consumer());
    ReconnectStorms.Verdict loop =
        hub.census().loops().arrive(who, hub.config().storm(), hub.loop().millis());
    if (!let(request, who, loop) || !admit(request, at, identity, tier, loop)) {
      return;
    }
    Codec codec = Codec.agreed(request.headers().getAll("Sec-WebSocket-Protocol"));
    Connection connection = detach(request, hub.config().maxFrame(), codec);
    Session session =
        new Session(hub.nextSessionId(), at, connection, connection.deflate(), tier, hub.fanout());
    session.identity = identity;
    session.cameAs = who;
    session.codec = codec == null ? Codec.JSON : codec;
    connection.receiver(
        new Receiver() {
          @Override
          public void message(int opcode, byte[] bytes, int length) {
            if (opcode == Frames.TEXT || session.codec == Codec.PROTO) {
              protocol.message(session, opcode, bytes, length);
            } else {
              session.close(
                  CloseCode.UNSUPPORTED_DATA,
                  "binary frames are not spoken without the sub-protocol");
            }
          }

          @Override
          public void drained() {
            session.drained();
          }

          @Override
          public void ended() {
            hub.ended(session);
          }
        });
    hub.opened(session);
    if (loop.answer() == ReconnectStorms.Answer.CLOSE) {
      session.close(CloseCode.STORM, tooOften(loop), loop.retryAfter());
    } else {
      protocol.opened(session);
    }
  }

  /** False when it is refused, for coming back again and again. */
  private boolean let(HttpServerRequest request, String who, ReconnectStorms.Verdict loop) {
    if (loop.answer() == ReconnectStorms.Answer.WELCOME) {
      return true;
    }
    boolean refused = loop.answer() == ReconnectStorms.Answer.REFUSE;
    hub.meters().loop(refused);
    if (loop.log()) {
      log.warn(
          "event=reconnect-loop who={} ended={} refused={} retryAfter={}",
          who,
          loop.ended(),
          refused,
          loop.retryAfter());
    }
    if (refused) {
      hub.meters().refused(Refused.STORM);
      Map<String, String> headers =
          Map.of("Retry-After", Long.toString((loop.retryAfter() + 999) / 1000));
      answers.problem(request, Problem.RATE_LIMITED, tooOften(loop), headers);
    }
    return !refused;
  }

  private String tooOften(ReconnectStorms.Verdict loop) {
    long seconds = hub.config().storm().within().toSeconds();
    return "reconnecting too often: " + loop.ended() + " sessions ended within " + seconds + " s";
  }

  private static String address(HttpServerRequest request) {
    String address = request.remoteAddress().hostAddress();
    return address == null ? "" : address;
  }

  /** What the request's credential is worth; null when it has none. */
  private Authenticator.@Nullable Verdict verdict(HttpServerRequest request) {
    String key = request.getHeader("X-API-Key");
    if (key != null) {
      return authenticator.apiKey(key);
    }
    String authorization = request.getHeader("Authorization");
    if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return authenticator.bearer(authorization.substring(7).trim());
    }
    String token = request.getParam("token");
    return token == null ? null : authenticator.bearer(token);
  }

  private boolean admit(
      HttpServerRequest request,
      String address,
      @Nullable Identity identity,
      StreamConfig.Tier tier,
      ReconnectStorms.Verdict loop) {
    Census census = hub.census();
    boolean stays = loop.answer() == ReconnectStorms.Answer.WELCOME;
    if (!census.enter(address, stays ? tier.connectionsPerAddress() : 0)) {
      refused(address, identity);
      hub.meters().refused(Refused.CONNECTIONS_PER_ADDRESS);
      tooMany(request, tier.connectionsPerAddress() + " from this address");
      return false;
    }
    if (identity != null
        && !census.enter(Hub.user(identity.consumer()), stays ? tier.connectionsPerUser() : 0)) {
      census.leave(address);
      hub.meters().refused(Refused.CONNECTIONS_PER_USER);
      refused(address, identity);
      tooMany(request, tier.connectionsPerUser() + " for this user");
      return false;
    }
    return true;
  }

  /** It was no session, and no short one either: a limit is not a loop. */
  private void refused(String address, @Nullable Identity identity) {
    String who = identity == null ? address : Hub.user(identity.consumer());
    hub.census().loops().left(who, false, hub.config().storm(), hub.loop().millis());
  }

  private void tooMany(HttpServerRequest request, String most) {
    answers.problem(
        request,
        Problem.TOO_MANY_CONNECTIONS,
        "connections: more than " + most,
        Map.of("Retry-After", "5"));
  }

  private Connection detach(HttpServerRequest request, int maxFrame, @Nullable Codec codec) {
    Handshake.Agreed extension =
        Handshake.extension(request.headers().getAll("Sec-WebSocket-Extensions"));
    int bits = extension == null ? Deflate.NONE : extension.bits();
    ChannelHandlerContext http = ((ConnectionBase) request.connection()).channelHandlerContext();
    Channel channel = http.channel();
    ChannelPipeline pipeline = channel.pipeline();
    Frames frames = hub.fanout().frames();
    Connection connection = new Connection(frames, clock, maxFrame, bits);
    Map<String, ChannelHandler> vertx = pipeline.toMap();
    pipeline.addLast(new StrictDecoder(extension != null, maxFrame, connection), connection);
    // The HTTP decoder goes last: what the client sent after its request comes out of it then.
    vertx.forEach((name, handler) -> remove(pipeline, name, handler));
    String key = String.valueOf(request.getHeader("Sec-WebSocket-Key"));
    pipeline
        .context(connection)
        .writeAndFlush(Unpooled.wrappedBuffer(Handshake.response(key, extension, codec)));
    tune(channel);
    pipeline.remove(HttpRequestDecoder.class);
    return connection;
  }

  private static void remove(ChannelPipeline pipeline, String name, ChannelHandler handler) {
    if (!(handler instanceof SslHandler || handler instanceof HttpRequestDecoder)) {
      pipeline.remove(name);
    }
  }

  private void tune(Channel channel) {
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    int lowWater = hub.config().notSentLowWater();
    if (lowWater > 0 && channel instanceof EpollSocketChannel) {
      channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) lowWater);
    }
  }

  private void echo(HttpServerRequest request) {
    Connection connection = detach(request, ECHO_LIMIT, null);
    connection.receiver(
        new Receiver() {
          @Override
          public void message(int opcode, byte[] bytes, int length) {
            byte[] copy = java.util.Arrays.copyOf(bytes, length);
            connection.write(
                hub.fanout().frames().data(opcode, copy, length, connection.deflateBits()));
            connection.flush();
          }

          @Override
          public void drained() {}

          @Override
          public void ended() {}
        });
  }
}
