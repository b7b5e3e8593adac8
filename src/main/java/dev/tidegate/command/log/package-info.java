/**
 * The durable, ordered record of commands and their results: {@link
 * dev.tidegate.command.log.CommandLog} in Kafka or in memory, and the form of what it holds.
 */
@NullMarked
package dev.tidegate.command.log;

import org.jspecify.annotations.NullMarked;
