/**
 * The life of a command: {@link dev.tidegate.command.Acceptance} makes a request durable and
 * answers 202, {@link dev.tidegate.command.Results} moves it on when the worker reports, {@link
 * dev.tidegate.command.Sweeper} gives up what nobody started. The room {@code log} (Kafka or
 * memory) holds the truth, the room {@code state} (Redis or memory) what can be asked.
 */
@NullMarked
package dev.tidegate.command;

import org.jspecify.annotations.NullMarked;
