package dev.tidegate.ingress;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends exactly the bytes that it is told to. */
final class RawHttp implements AutoCloseable {
  /** One answer; header names in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.get(name);
    }
  }

  private final Socket socket;

  RawHttp(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
  }

  static Answer once(int port, String request) throws IOException {
    try (RawHttp http = new RawHttp(port)) {
      return http.send(request).read();
    }
  }

  /** How long a read may take. */
  void within(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  RawHttp send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads one answer with a body of known length, in chunks, or until the end. */
  Answer read() throws IOException {
    InputStream in = socket.getInputStream();
    String line = line(in);
    int status = Integer.parseInt(line.split(" ")[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers.merge(
          header.substring(0, colon).toLowerCase(Locale.ROOT),
          header.substring(colon + 1).trim(),
          (a, b) -> a + ", " + b);
    }
    return new Answer(status, headers, body(in, status, headers));
  }

  private static String body(InputStream in, int status, Map<String, String> headers)
      throws IOException {
    if (status < 200 || status == 204 || status == 304) {
      return "";
    }
    if (headers.containsKey("content-length")) {
      return new String(
          in.readNBytes(Integer.parseInt(headers.get("content-length"))),
          StandardCharsets.ISO_8859_1);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        out.write(in.readNBytes(size));
        line(in);
      }
      for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
        headers.put("trailer:" + trailer.substring(0, trailer.indexOf(':')), trailer);
      }
    } else {
      out.write(in.readAllBytes());
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  /** The next byte. */
  int next() throws IOException {
    int b = socket.getInputStream().read();
    if (b < 0) {
      throw new EOFException("closed");
    }
    return b;
  }

  /** Whether the other side has closed, waiting for it a while. */
  boolean closed() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  /** Says that nothing more is sent, and goes on reading. */
  RawHttp end() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** The next answer that is not an interim one. */
  Answer last() throws IOException {
    Answer answer = read();
    while (answer.status() < 200) {
      answer = read();
    }
    return answer;
  }

  /** Reads whatever comes, to the end. */
  void untilClosed() throws IOException {
    socket.getInputStream().readAllBytes();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
