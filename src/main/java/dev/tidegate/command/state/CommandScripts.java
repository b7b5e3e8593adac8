package dev.tidegate.command.state;

import dev.tidegate.redis.RedisScript;
import java.util.List;

/** The Lua scripts of the command state; each is its own transaction. */
final class CommandScripts {
  static final RedisScript BEGIN = script("common", "begin");
  static final RedisScript ACCEPTED = script("common", "accepted");
  static final RedisScript RELEASE = script("common", "release");
  static final RedisScript TRANSITION = script("common", "step", "transition");
  static final RedisScript SWEEP = script("common", "step", "sweep");
  static final RedisScript READ = script("common", "read");

  static final List<RedisScript> ALL = List.of(BEGIN, ACCEPTED, RELEASE, TRANSITION, SWEEP, READ);

  private CommandScripts() {}

  private static RedisScript script(String... files) {
    return RedisScript.beside(CommandScripts.class, files);
  }
}
