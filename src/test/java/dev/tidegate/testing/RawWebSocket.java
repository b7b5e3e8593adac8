package dev.tidegate.testing;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A WebSocket that says whatever it is told to, right or wrong. */
public final class RawWebSocket implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private String extensions = "";
  private String protocol = "";

  /** A frame as it came: its first byte and what it carries. */
  public record Frame(int head, byte[] payload) {
    public int opcode() {
      return head & 15;
    }

    /** The code that a close frame carries; 1005 when it carries none. */
    public int closeCode() {
      return payload.length < 2 ? 1005 : ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
    }
  }

  private RawWebSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
  }

  public static RawWebSocket open(String url, String... headers) throws IOException {
    URI at = URI.create(url);
    return open(new Socket(at.getHost(), at.getPort()), url, headers);
  }

  /** Over a socket that is connected already, with TLS or as the test needs it. */
  public static RawWebSocket open(Socket socket, String url, String... headers) throws IOException {
    URI at = URI.create(url);
    socket.setSoTimeout(10_000);
    RawWebSocket raw = new RawWebSocket(socket);
    StringBuilder request =
        new StringBuilder("GET ")
            .append(at.getRawPath())
            .append(" HTTP/1.1\r\nHost: ")
            .append(at.getAuthority())
            .append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            .append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    raw.out.write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    String status = raw.line();
    for (String line = status; !line.isEmpty(); line = raw.line()) {
      if (named(line, "Sec-WebSocket-Extensions: ")) {
        raw.extensions = line.substring(line.indexOf(' ') + 1);
      }
      if (named(line, "Sec-WebSocket-Protocol: ")) {
        raw.protocol = line.substring(line.indexOf(' ') + 1);
      }
    }
    if (!status.startsWith("HTTP/1.1 101")) {
      socket.close();
      throw new IOException("not upgraded: " + status);
    }
    return raw;
  }

  private static boolean named(String line, String name) {
    return line.regionMatches(true, 0, name, 0, name.length());
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended in the handshake");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** What the server agreed to; empty when nothing. */
  public String extensions() {
    return extensions;
  }

  /** The sub-protocol that the server chose; empty when none. */
  public String protocol() {
    return protocol;
  }

  /** Bytes as they are. */
  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The next frame, of whatever kind. */
  public Frame next() throws IOException {
    int head = in.readUnsignedByte();
    return new Frame(head, payload());
  }

  /** Whether the server ends the connection without another byte; in a hurry, it resets it. */
  public boolean ended() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  public void sendText(String text) throws IOException {
    send(0x81, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Any first byte, masked with zeros. */
  public void send(int head, byte[] payload) throws IOException {
    sendHeader(head, payload.length);
    out.write(payload);
    out.flush();
  }

  /** A frame's header alone, with a payload length that need not come true. */
  public void sendHeader(int head, long length) throws IOException {
    out.write(head);
    if (length < 126) {
      out.write(0x80 | (int) length);
    } else if (length < 65_536) {
      out.write(new byte[] {(byte) 0xFE, (byte) (length >> 8), (byte) length});
    } else {
      out.write(0xFF);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) (length >> shift));
      }
    }
    out.write(new byte[4]);
    out.flush();
  }

  /** The next text message; other frames but a close are passed over. */
  public String nextText() throws IOException {
    for (; ; ) {
      int head = in.readUnsignedByte();
      byte[] payload = payload();
      if ((head & 15) == 1) {
        return new String(payload, StandardCharsets.UTF_8);
      }
      if ((head & 15) == 8) {
        throw new EOFException("closed: " + Arrays.toString(payload));
      }
    }
  }

  /** The code of the close frame that comes; whatever is sent before it is passed over. */
  public int closeCode() throws IOException {
    for (; ; ) {
      Frame frame = next();
      if (frame.opcode() == 8) {
        return frame.closeCode();
      }
    }
  }

  private byte[] payload() throws IOException {
    long length = in.readUnsignedByte() & 0x7F;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    return payload;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
