package dev.tidegate.upstream;

import dev.tidegate.problem.Outcome;

/**
 * The life of one exchange with an upstream.
 *
 * <pre>
 *      +---------- the kept connection was dead, once ----------+
 *      |                        |                               |
 *      v       a connection     |      a stream, the head       |
 *  CONNECTING -------------> OPENING -----------------------> SENT
 *    |    ^                                                     | the answer's head
 *    +----+                                                     v
 *  the next endpoint                 the caller is slow     ANSWERING
 *                               PAUSED <------------------> (its body)
 *
 *  from SENT, when the upstream agrees to another protocol --> SWITCHED
 *  from each of them: the end, a failure, or the caller has left --> OVER
 * </pre>
 */
enum Stage {
  /** Waits for a connection. */
  CONNECTING,
  /** Has a connection, and waits for a stream on it. */
  OPENING,
  /** The head has left, the body follows. */
  SENT,
  /** The answer comes. */
  ANSWERING,
  /** The answer waits for the caller. */
  PAUSED,
  /** Speaks another protocol, and INGRESS moves the bytes. */
  SWITCHED,
  OVER;

  /** The only way from one stage to another; any that is not drawn above is a fault of ours. */
  Stage to(Stage next) {
    boolean drawn =
        switch (next) {
          case CONNECTING -> this == OPENING || this == SENT;
          case OPENING -> this == CONNECTING;
          case SENT -> this == OPENING;
          case ANSWERING -> this == SENT || this == PAUSED;
          case SWITCHED -> this == SENT;
          case PAUSED -> this == ANSWERING;
          case OVER -> this != OVER;
        };
    if (!drawn) {
      throw new IllegalStateException(this + " does not lead to " + next);
    }
    return next;
  }

  /** Whether there is no answer yet, and may be one. */
  boolean unanswered() {
    return this == CONNECTING || this == OPENING || this == SENT;
  }

  /** Whether the upstream can have acted when the exchange fails now. */
  Outcome outcome() {
    return this == CONNECTING || this == OPENING ? Outcome.NEVER_SENT : Outcome.UNKNOWN;
  }
}
