package dev.tidegate.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A server that the tests started, in a process of its own, which one of them may freeze and kill;
 * or one that was there before, which is not theirs to stop.
 */
abstract sealed class OwnServer implements AutoCloseable permits KafkaBroker, RedisServer {
  private final @Nullable ChildProcess process;

  /** Whether it serves every test of the JVM, and ends with it. */
  private boolean shared;

  /** One that was there before. */
  OwnServer() {
    process = null;
  }

  OwnServer(List<String> command, Path log) {
    process = new ChildProcess(command, log);
  }

  final void share() {
    shared = true;
  }

  /** Starts it, again on the same port and data. */
  public abstract void restart();

  final void start(BooleanSupplier ready, Duration within) {
    own().start(ready, within);
  }

  /** Stops the process where it stands; connections stay open and nothing answers. */
  public final void freeze() {
    own().freeze();
  }

  public final void thaw() {
    own().thaw();
  }

  public final void kill() {
    own().kill();
  }

  @Override
  public final void close() {
    if (process != null && !shared) {
      process.thaw();
      process.kill();
    }
  }

  private ChildProcess own() {
    if (process == null) {
      throw new UnsupportedOperationException(
          "the server was there before and is not ours to stop");
    }
    return process;
  }
}
