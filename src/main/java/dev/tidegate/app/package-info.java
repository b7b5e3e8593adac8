/** Puts a node together: the commands, the configuration, the roles and their deployment. */
@NullMarked
package dev.tidegate.app;

import org.jspecify.annotations.NullMarked;
