/**
 * Cancel-on-disconnect: which sessions are armed, who watches over them on this node and on others,
 * and what happens when one is gone.
 */
@NullMarked
package dev.tidegate.stream.deadman;

import org.jspecify.annotations.NullMarked;
