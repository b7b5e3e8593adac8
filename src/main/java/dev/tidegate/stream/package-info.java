/**
 * WebSocket push: sessions, the protocol, windows and conflation. The data lives once per event
 * loop in the rings of {@link dev.tidegate.stream.topic.Topic}; a session is a set of cursors into
 * them. Those that want the same form a {@link dev.tidegate.stream.fanout.Cohort}, whose frame is
 * encoded once. {@link dev.tidegate.stream.Hub} makes what one instance consists of. Every class
 * here belongs to one event loop unless it says otherwise.
 */
@NullMarked
package dev.tidegate.stream;

import org.jspecify.annotations.NullMarked;
