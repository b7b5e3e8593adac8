package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/** A client that sends exactly the HTTP/2 frames that it is told to, in clear text. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  private static final int PRIORITY = 32;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  /** A frame as it came. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    int number(int at) {
      return (payload[at] & 0xFF) << 24
          | (payload[at + 1] & 0xFF) << 16
          | (payload[at + 2] & 0xFF) << 8
          | (payload[at + 3] & 0xFF);
    }
  }

  /** Connects; each pair of settings is an identifier and its value. */
  RawHttp2(int port, int receiveBuffer, int... settings) throws IOException {
    socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new java.net.InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    socket.getOutputStream().write(PREFACE.getBytes(ISO_8859_1));
    byte[] payload = new byte[settings.length * 3];
    for (int i = 0; i < settings.length; i += 2) {
      payload[i * 3 + 1] = (byte) settings[i];
      for (int j = 0; j < 4; j++) {
        payload[i * 3 + 2 + j] = (byte) (settings[i + 1] >>> (24 - 8 * j));
      }
    }
    send(SETTINGS, 0, 0, payload);
  }

  RawHttp2(int port) throws IOException {
    this(port, 0);
  }

  void within(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /** Names and values in turn, each as it is. */
  static byte[] block(String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      out.write(0);
      text(out, fields[i]);
      text(out, fields[i + 1]);
    }
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    int length = text.length();
    if (length < 127) {
      out.write(length);
    } else {
      out.write(127);
      for (length -= 127; length >= 128; length >>= 7) {
        out.write((length & 127) | 128);
      }
      out.write(length);
    }
    out.writeBytes(text.getBytes(ISO_8859_1));
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    byte[] frame = new byte[9 + payload.length];
    frame[0] = (byte) (payload.length >> 16);
    frame[1] = (byte) (payload.length >> 8);
    frame[2] = (byte) payload.length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    for (int i = 0; i < 4; i++) {
      frame[5 + i] = (byte) (stream >>> (24 - 8 * i));
    }
    System.arraycopy(payload, 0, frame, 9, payload.length);
    return frame;
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    write(frame(type, flags, stream, payload));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** A request without a body. */
  void request(int stream, String... fields) throws IOException {
    send(HEADERS, END_STREAM | END_HEADERS, stream, block(fields));
  }

  static String[] get(String path, String... more) {
    String[] fields = new String[8 + more.length];
    String[] usual = {":method", "GET", ":scheme", "http", ":authority", "a", ":path", path};
    System.arraycopy(usual, 0, fields, 0, 8);
    System.arraycopy(more, 0, fields, 8, more.length);
    return fields;
  }

  /** The next frame; settings are acknowledged on the way. */
  Frame next() throws IOException {
    int head = in.readInt();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7FFFFFFF;
    byte[] payload = new byte[head >>> 8];
    in.readFully(payload);
    Frame frame = new Frame(head & 0xFF, flags, stream, payload);
    if (frame.type() == SETTINGS && flags == 0) {
      send(SETTINGS, 1, 0, new byte[0]);
    }
    return frame;
  }

  Http2Headers headers(Frame frame) throws IOException {
    int priority = (frame.flags() & PRIORITY) == 0 ? 0 : 5;
    try {
      return decoder.decodeHeaders(
          frame.stream(),
          Unpooled.wrappedBuffer(frame.payload(), priority, frame.payload().length - priority));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /** What becomes of the stream: its status, {@code reset} or {@code closed} and why. */
  String fate(int stream) throws IOException {
    try {
      while (true) {
        Frame frame = next();
        if (frame.type() == HEADERS) {
          // Each has to be decoded, whosever it is: they share a table.
          CharSequence status = headers(frame).status();
          if (frame.stream() == stream) {
            return status.toString();
          }
        } else if (frame.type() == RST_STREAM && frame.stream() == stream) {
          return "reset " + frame.number(0);
        } else if (frame.type() == GOAWAY) {
          return "closed " + frame.number(4);
        }
      }
    } catch (java.io.EOFException | SocketException e) {
      return "closed";
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
