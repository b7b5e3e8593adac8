package dev.tidegate.policy;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Changes the body of one answer on its way out. Holds memory until it is closed. */
public interface BodyEncoder extends AutoCloseable {
  /** What the next bytes become; nothing while they are held back. */
  Buffer encode(Buffer data);

  /** What the last bytes become, and whatever was held back. */
  Buffer finish(@Nullable Buffer last);

  /** The answer is over, however it ended; called once. */
  @Override
  void close();
}
