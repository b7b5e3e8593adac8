package dev.tidegate.command.log;

import dev.tidegate.command.log.CommandLog.Position;
import org.jspecify.annotations.Nullable;

/** A record of the log that was read. */
public record LogRecord(Position at, @Nullable String key, byte[] value) {}
