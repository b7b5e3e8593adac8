/**
 * What capabilities say to one another. Every conversation is one file: its addresses beside the
 * immutable records that travel on them. Inside a JVM a record is passed by reference; between
 * nodes it is written by the hand-written codec that {@link dev.tidegate.bus.Codecs} registers for
 * it.
 */
@NullMarked
package dev.tidegate.bus;

import org.jspecify.annotations.NullMarked;
