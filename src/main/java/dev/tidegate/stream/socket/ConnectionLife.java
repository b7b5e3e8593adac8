package dev.tidegate.stream.socket;

/**
 * How far the connection has come:
 *
 * <pre>
 * OPEN -- silent --> PINGED -- anything is read --> OPEN
 *   \                /
 *    +--- close ----+---> CLOSING -- answered, or out of patience --> GONE
 * </pre>
 *
 * What breaks the protocol or the socket leads from anywhere to GONE.
 */
enum ConnectionLife {
  OPEN,
  /** Open; it was asked whether it is still there. */
  PINGED,
  /** A close frame was written: of data nothing goes out and nothing is looked at. */
  CLOSING,
  /** The receiver has been told that it is over. */
  GONE;

  boolean open() {
    return this == OPEN || this == PINGED;
  }
}
