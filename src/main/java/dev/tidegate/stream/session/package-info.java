/** What one client has asked for: its requests, its subscriptions, and its private streams. */
@NullMarked
package dev.tidegate.stream.session;

import org.jspecify.annotations.NullMarked;
