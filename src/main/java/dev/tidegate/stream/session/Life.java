package dev.tidegate.stream.session;

/**
 * How far a session's life has gone, and only onwards:
 *
 * <pre>
 * OPEN -- told to go --> LEAVING
 *   \                     /
 *    +----- closed -----+---> CLOSED -- socket gone --> ENDED
 * </pre>
 */
enum Life {
  OPEN,
  /** Open still; it knows already when to come back, and to where. */
  LEAVING,
  /** We have said that it is over. */
  CLOSED,
  ENDED
}
