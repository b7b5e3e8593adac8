package dev.tidegate.command;

import dev.tidegate.command.log.EmbeddedCommandLog;
import dev.tidegate.command.state.EmbeddedCommandState;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the commands of a node: Kafka and Redis where they are given, memory where not. One
 * per process, shared by all instances.
 *
 * @param kafka client properties with at least {@code bootstrap.servers}, or null
 * @param redisUri as in {@code redis://host:6379/0}, or null
 */
public record CommandBackend(
    CommandConfig config,
    @Nullable Map<String, String> kafka,
    @Nullable String redisUri,
    EmbeddedCommandLog memoryLog,
    EmbeddedCommandState memoryState) {

  public static CommandBackend of(
      CommandConfig config, @Nullable Map<String, String> kafka, @Nullable String redisUri) {
    return new CommandBackend(
        config,
        kafka,
        redisUri,
        new EmbeddedCommandLog(),
        new EmbeddedCommandState(config.retention(), CommandBackend::epoch));
  }

  private static String epoch() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  /** Whether accepted commands outlive the process. */
  public boolean isDurable() {
    return kafka != null && redisUri != null;
  }
}
