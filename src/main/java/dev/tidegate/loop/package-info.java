/**
 * The event loop as plain classes see it: two clocks, a place to run something later, and a {@link
 * dev.tidegate.loop.Latch} for what is to run once however often it is asked for. Whatever fails on
 * a loop is counted, logged and shown by {@link dev.tidegate.loop.EventLoops}; it stops nothing
 * else.
 */
@NullMarked
package dev.tidegate.loop;

import org.jspecify.annotations.NullMarked;
