package dev.tidegate.command.log;

import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.command.Harness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EmbeddedCommandLogTest extends CommandLogContract {
  private static Harness harness;
  private final CommandLog log = new EmbeddedCommandLog();

  @BeforeAll
  static void open() {
    harness = new Harness(CommandBackend.of(CommandConfig.defaults(), null, null));
  }

  @AfterAll
  static void close() {
    harness.close();
  }

  @Override
  CommandLog log() {
    return log;
  }

  @Override
  Harness harness() {
    return harness;
  }
}
