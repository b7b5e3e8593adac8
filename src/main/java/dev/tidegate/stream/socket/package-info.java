/** One WebSocket connection: its handshake, its frames, its end. */
@NullMarked
package dev.tidegate.stream.socket;

import org.jspecify.annotations.NullMarked;
