package dev.tidegate.ingress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A service behind the gateway that answers exactly the bytes that it is told to. Reads requests
 * with bodies of known length, or in chunks of which it keeps the framing.
 */
final class RawBackend implements AutoCloseable {
  /** A request: its head, and its body as it came. */
  record Request(String head, String body) {}

  /** What happens to a request of a connection. */
  @FunctionalInterface
  interface Script {
    /**
     * The bytes of the answer, or null to close without one.
     *
     * @param connection the number of the connection, from 0
     * @param turn the number of the request on it, from 0
     */
    String answer(int connection, int turn, Request request);
  }

  private final ServerSocket server = new ServerSocket(0);
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();
  final int port = server.getLocalPort();

  RawBackend(Script script) throws IOException {
    Thread.ofVirtual().start(() -> accept(script));
  }

  static RawBackend answering(String answer) throws IOException {
    return new RawBackend((connection, turn, request) -> answer);
  }

  private void accept(Script script) {
    for (int connection = 0; !server.isClosed(); connection++) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        int number = connection;
        Thread.ofVirtual().start(() -> serve(socket, number, script));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int connection, Script script) {
    try (socket) {
      for (int turn = 0; ; turn++) {
        Request request = read(socket.getInputStream());
        if (request == null) {
          return;
        }
        requests.add(request);
        String answer = script.answer(connection, turn, request);
        if (answer == null) {
          return;
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
      }
    } catch (IOException e) {
      // the gateway has closed
    }
  }

  private static Request read(InputStream in) throws IOException {
    String head = until(in, "\r\n\r\n");
    if (head == null) {
      return null;
    }
    String lower = head.toLowerCase(Locale.ROOT);
    int length = lower.indexOf("content-length:");
    if (length >= 0) {
      String value = head.substring(length + 15, head.indexOf("\r\n", length)).trim();
      byte[] body = in.readNBytes(Integer.parseInt(value));
      return new Request(head, new String(body, StandardCharsets.ISO_8859_1));
    }
    String body = lower.contains("transfer-encoding: chunked") ? until(in, "0\r\n\r\n") : "";
    return body == null ? null : new Request(head, body);
  }

  private static String until(InputStream in, String end) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      text.write(b);
      if (b == '\n' && text.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
        return text.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
