package dev.tidegate.stream.door;

import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.socket.Connection;
import dev.tidegate.stream.socket.Receiver;
import java.util.Arrays;

/** Says everything again, for conformance tests of the frames. */
final class Echo implements Receiver {
  static final String PATH = "/v1/echo";
  static final int MAX_MESSAGE = 32 * 1024 * 1024;

  private final Connection connection;
  private final Frames frames;

  Echo(Connection connection, Frames frames) {
    this.connection = connection;
    this.frames = frames;
  }

  @Override
  public void message(int opcode, byte[] bytes, int length) {
    byte[] copy = Arrays.copyOf(bytes, length);
    connection.write(frames.data(opcode, copy, length, connection.deflateBits()));
    connection.flush();
  }

  @Override
  public void drained() {}

  @Override
  public void ended() {}
}
