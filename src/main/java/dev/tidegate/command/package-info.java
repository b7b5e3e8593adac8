/**
 * The life of a command: {@link dev.tidegate.command.Acceptance} makes a request durable and
 * answers 202, {@link dev.tidegate.command.Results} moves it on when the worker reports, {@link
 * dev.tidegate.command.Sweeper} gives up what nobody started. The log of commands ({@link
 * dev.tidegate.command.CommandLog}: Kafka or memory) is the truth; the state ({@link
 * dev.tidegate.command.CommandState}: Redis or memory) is what can be asked.
 */
@NullMarked
package dev.tidegate.command;

import org.jspecify.annotations.NullMarked;
