package dev.tidegate.stream.door;

import dev.tidegate.net.Escapes;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.problem.Problem;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Deflate;
import dev.tidegate.stream.encode.Dialect;
import dev.tidegate.stream.session.Protocol;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.socket.Connection;
import dev.tidegate.stream.socket.Handshake;
import dev.tidegate.stream.socket.Platform;
import dev.tidegate.stream.socket.StrictDecoder;
import io.netty.buffer.Unpooled;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns HTTP requests into sessions. After the answer, Vert.x's handlers leave the channel: what
 * stays is TLS, the frame decoder and the {@link Connection}, which is what makes an idle session
 * small and a delivery cheap.
 */
public final class Upgrade {
  public static final String STREAM = "/v1/stream";
  private static final String SCHEMA = "/v1/stream.proto";

  /** A WebSocket begins with GET. */
  private static final List<String> WEB_SOCKET = List.of("GET");

  /** What is always there, and the methods that it takes. */
  public static final Map<String, List<String>> PATHS =
      Map.of(STREAM, WEB_SOCKET, SCHEMA, List.of("GET", "HEAD"));

  private static final String PARTS = "parts";
  private static final String WHOLE = "whole";

  private final Frontage frontage;
  private final Admission admission;
  private final Sessions sessions;
  private final Protocol protocol;
  private final Session.Shared shared;
  private final Connection.Clock clock;
  private final Answers answers;
  private boolean draining;

  /**
   * What is configured of it.
   *
   * @param node as the client is told in its welcome
   * @param maxFrame the largest message that a client may send, in bytes
   * @param notSentLowWater how much the kernel may hold unsent, in bytes; 0 leaves it to the system
   * @param echo whether {@code /v1/echo} answers
   */
  public record Frontage(String node, int maxFrame, int notSentLowWater, boolean echo) {}

  public Upgrade(
      Frontage frontage,
      Admission admission,
      Sessions sessions,
      Protocol protocol,
      Session.Shared shared,
      Connection.Clock clock,
      Answers answers) {
    this.frontage = frontage;
    this.admission = admission;
    this.sessions = sessions;
    this.protocol = protocol;
    this.shared = shared;
    this.clock = clock;
    this.answers = answers;
  }

  /** From now on nobody is let in. */
  public void drain() {
    draining = true;
  }

  /** Answers the request, or makes a WebSocket of it. */
  public void handle(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    boolean echo = frontage.echo() && Echo.PATH.equals(path);
    String banned = admission.banned(request);
    if (!Escapes.sound(request.uri())) {
      answers.problem(request, Problem.BAD_REQUEST, Escapes.MALFORMED);
    } else if (banned != null) {
      answers.problem(request, Problem.BANNED, banned, Map.of("Connection", "close"));
    } else if (!PATHS.containsKey(path) && !echo) {
      answers.problem(request, Problem.NOT_FOUND, "the stream is at " + STREAM);
    } else if (!allowed(path).contains(request.method().name())) {
      String these = String.join(", ", allowed(path));
      answers.problem(
          request, Problem.METHOD_NOT_ALLOWED, "this path takes " + these, Map.of("Allow", these));
    } else if (SCHEMA.equals(path)) {
      answers.schema(request);
    } else if (!asksForWebSocket(request)) {
      answers.upgradeRequired(request);
    } else if (!Handshake.validKey(request.getHeader("Sec-WebSocket-Key"))) {
      answers.problem(request, Problem.BAD_REQUEST, "Sec-WebSocket-Key: expected 16 bytes, base64");
    } else if (draining) {
      answers.problem(request, Problem.DRAINING, "try another node", Map.of("Retry-After", "1"));
    } else if (echo) {
      Connection connection = detach(request, Echo.MAX_MESSAGE, null);
      connection.receiver(new Echo(connection, shared.frames()));
      Platform.begin(request.connection());
    } else {
      stream(request);
    }
  }

  private static List<String> allowed(String path) {
    return PATHS.getOrDefault(path, WEB_SOCKET);
  }

  private static boolean asksForWebSocket(HttpServerRequest request) {
    return lists(request, "Upgrade", "websocket")
        && lists(request, "Connection", "upgrade")
        && "13".equals(request.getHeader("Sec-WebSocket-Version"));
  }

  /** A header that is a list may come in several lines. */
  private static boolean lists(HttpServerRequest request, String header, String wanted) {
    for (String line : request.headers().getAll(header)) {
      for (String item : line.split(",")) {
        if (item.trim().equalsIgnoreCase(wanted)) {
          return true;
        }
      }
    }
    return false;
  }

  private void stream(HttpServerRequest request) {
    String snapshots = snapshots(request);
    if (!snapshots.equals(PARTS) && !snapshots.equals(WHOLE)) {
      answers.problem(request, Problem.BAD_REQUEST, "snapshots: expected parts or whole");
      return;
    }
    try {
      open(request, admission.admit(request));
    } catch (NotAdmitted refusal) {
      answers.problem(request, refusal.problem, refusal.detail(), refusal.headers);
    }
  }

  private static String snapshots(HttpServerRequest request) {
    String wanted = Parameter.SNAPSHOTS.of(request);
    return wanted == null ? PARTS : wanted;
  }

  private void open(HttpServerRequest request, Admission.Guest guest) {
    Codec agreed = Codec.agreed(request.headers().getAll("Sec-WebSocket-Protocol"));
    Connection connection = detach(request, frontage.maxFrame(), agreed);
    Codec codec = agreed == null ? Codec.JSON : agreed;
    Session session =
        new Session(
            sessions.nextId(),
            guest.address(),
            new Dialect(codec, connection.deflate(), WHOLE.equals(snapshots(request))),
            connection,
            guest.tier(),
            shared);
    if (guest.identity() != null) {
      session.belongsTo(guest.identity(), guest.tier());
    }
    connection.receiver(new Visit(guest, session, sessions, protocol, admission));
    sessions.opened(session);
    if (guest.stays()) {
      protocol.welcome(session, frontage.node());
    } else {
      session.close(CloseCode.STORM, admission.tooOften(guest), guest.verdict().retryAfter());
    }
    Platform.begin(request.connection());
  }

  private Connection detach(HttpServerRequest request, int maxMessage, @Nullable Codec codec) {
    Handshake.Agreed extension =
        Handshake.extension(request.headers().getAll("Sec-WebSocket-Extensions"));
    int bits = extension == null ? Deflate.NONE : extension.bits();
    Connection connection = new Connection(shared.frames(), clock, maxMessage, bits);
    String key = String.valueOf(request.getHeader("Sec-WebSocket-Key"));
    Platform.detach(
        request.connection(),
        new StrictDecoder(extension != null, maxMessage, connection),
        connection,
        Unpooled.wrappedBuffer(Handshake.response(key, extension, codec)),
        frontage.notSentLowWater());
    return connection;
  }
}
