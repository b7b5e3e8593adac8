package dev.tidegate.ingress.exchange;

/**
 * The life of one exchange.
 *
 * <pre>
 *           a head                the last byte
 *  WAITING ---------> ANSWERING ----------------+
 *     |                                         v
 *     +-------------> STREAMING -------------> OVER
 *           a stream of ours
 *
 *  from each of them: the caller has gone, or the rest cannot be had --> OVER
 * </pre>
 */
enum ExchangeState {
  /** For an answer. */
  WAITING,
  /** An answer has begun. */
  ANSWERING,
  /** One of the gateway's own, without an end yet. */
  STREAMING,
  OVER
}
