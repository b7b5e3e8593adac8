/**
 * WebSocket push: sessions, the protocol, windows and conflation. The data lives once per event
 * loop in the rings of {@link dev.tidegate.stream.Topic}; a session is a set of cursors into them.
 * Sessions that want the same form a {@link dev.tidegate.stream.Cohort}, whose frame is encoded
 * once. Every class here belongs to one event loop unless it says otherwise.
 */
@NullMarked
package dev.tidegate.stream;

import org.jspecify.annotations.NullMarked;
