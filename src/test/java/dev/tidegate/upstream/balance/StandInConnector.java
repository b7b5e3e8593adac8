package dev.tidegate.upstream.balance;

/** An endpoint that nobody connects to: tests of choices look at its number, weight and load. */
interface StandInConnector extends Connector {
  @Override
  default boolean tryTake(Taker taker, boolean fresh) {
    throw new AssertionError("nobody connects here");
  }

  @Override
  default void forget(Taker taker) {}

  @Override
  default void detach(Link link) {}

  @Override
  default void release(Link link, boolean reusable) {}
}
