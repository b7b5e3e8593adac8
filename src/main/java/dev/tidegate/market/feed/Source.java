package dev.tidegate.market.feed;

import org.jspecify.annotations.Nullable;

/** Tells how a source is divided; may block, and fail while a broker is away. */
public interface Source extends AutoCloseable {
  /** At the start, when one that is missing may be made. */
  Layout find() throws Exception;

  /** How it is now; null when there is none. It is not made. */
  @Nullable Layout look() throws Exception;

  /** Whether it may become another one while it is read. */
  default boolean mayChange() {
    return true;
  }

  /** What people are told when there is none. */
  default String missing() {
    return "the source is missing";
  }

  @Override
  default void close() {}

  /** One that stays what it is. */
  static Source fixed(int shards) {
    Layout layout = Layout.fixed(shards);
    return new Source() {
      @Override
      public Layout find() {
        return layout;
      }

      @Override
      public Layout look() {
        return layout;
      }

      @Override
      public boolean mayChange() {
        return false;
      }
    };
  }
}
