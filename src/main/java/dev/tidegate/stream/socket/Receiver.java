package dev.tidegate.stream.socket;

/** Who gets what comes over a {@link Connection}. */
public interface Receiver {
  /** A whole message; the bytes are valid during the call. */
  void message(int opcode, byte[] bytes, int length);

  /** The socket takes data again. */
  void drained();

  /** The connection is gone. */
  void ended();

  /** For a connection that is nobody's, or nobody's any longer. */
  Receiver NOBODY =
      new Receiver() {
        @Override
        public void message(int opcode, byte[] bytes, int length) {}

        @Override
        public void drained() {}

        @Override
        public void ended() {}
      };
}
