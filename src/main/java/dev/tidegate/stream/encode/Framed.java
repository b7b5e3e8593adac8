package dev.tidegate.stream.encode;

import io.netty.buffer.ByteBuf;

/**
 * A frame of market data, and what it adds to the tally of whoever gets it.
 *
 * @param bytes one reference of them goes with the frame
 */
public record Framed(ByteBuf bytes, Tally.Sum said) {}
