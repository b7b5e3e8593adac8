/** A running node: its Vert.x, what its roles share, and their deployment. */
@NullMarked
package dev.tidegate.app.node;

import org.jspecify.annotations.NullMarked;
