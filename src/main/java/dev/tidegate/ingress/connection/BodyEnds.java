package dev.tidegate.ingress.connection;

import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * How the bodies of a connection's requests have ended. A request is its number on an HTTP/1
 * connection, from 1, or its stream.
 */
interface BodyEnds {
  /** Whether it broke the rules of its framing, and nothing after it can be read. */
  boolean malformed(int request);

  /** What followed it, or null. */
  @Nullable MultiMap trailers(int request);
}
