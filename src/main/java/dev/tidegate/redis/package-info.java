/**
 * The one way to Redis: a link that knows whether the server is there, and scripts that it keeps
 * loaded.
 */
@NullMarked
package dev.tidegate.redis;

import org.jspecify.annotations.NullMarked;
