/**
 * What can be followed: a channel of a symbol with its ring of what was said lately, and how that
 * is merged.
 */
@NullMarked
package dev.tidegate.stream.topic;

import org.jspecify.annotations.NullMarked;
