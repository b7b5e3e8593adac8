package dev.tidegate.policy;

/**
 * One step of the pipeline. It answers, or lets the request go on; on the way out it may adjust the
 * head of the answer, whoever gave it. One instance serves one event loop.
 *
 * <p>Callbacks and not a future per step: the proxied path runs through every policy, and this way
 * it allocates nothing.
 */
public interface Policy {
  /** Calls exactly one of {@code next.proceed} and {@code exchange.answer}, now or later. */
  void apply(Exchange exchange, Next next);

  /**
   * The answer's head is about to leave; called in reverse order, for policies that were reached.
   */
  default void onHead(Exchange exchange) {}

  /** The exchange is over, well or not; called in reverse order, for policies that were reached. */
  default void onEnd(Exchange exchange) {}
}
