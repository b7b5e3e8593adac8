/**
 * How many requests may wait for an answer at once, and who is turned away first when there are
 * more: limits that are given or follow what an upstream can take, with room kept for what matters.
 */
@NullMarked
package dev.tidegate.overload;

import org.jspecify.annotations.NullMarked;
