package dev.tidegate.upstream.balance;

/** Which endpoints may be chosen now. Changes at any time; read from every event loop. */
public interface Eligible {
  /** Everybody, ever. */
  Eligible ALL =
      new Eligible() {
        @Override
        public int version() {
          return 0;
        }

        @Override
        public boolean in(int endpoint) {
          return true;
        }
      };

  /** Another number after each change. */
  int version();

  /** Whether the endpoint of that number may be chosen. */
  boolean in(int endpoint);
}
