package dev.tidegate.command.log;

import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.command.Harness;
import dev.tidegate.config.Settings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EmbeddedCommandLogTest extends CommandLogContract {
  private static Harness harness;
  private final CommandLog log = new EmbeddedCommandLog();

  @BeforeAll
  static void open() {
    harness = new Harness(CommandBackend.of(Settings.of(CommandConfig.class, "{}"), null, null));
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
