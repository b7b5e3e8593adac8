/**
 * What can be asked of commands: {@link dev.tidegate.command.state.CommandState} in Redis, where
 * each operation is one script, or in memory.
 */
@NullMarked
package dev.tidegate.command.state;

import org.jspecify.annotations.NullMarked;
