/** The way in: an upgrade request is looked at, answered or refused, and counted. */
@NullMarked
package dev.tidegate.stream.door;

import org.jspecify.annotations.NullMarked;
