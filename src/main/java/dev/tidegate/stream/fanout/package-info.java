/**
 * Brings what topics have to say to those who follow them, once for all who stand alike, at the
 * pace that each of them keeps.
 */
@NullMarked
package dev.tidegate.stream.fanout;

import org.jspecify.annotations.NullMarked;
