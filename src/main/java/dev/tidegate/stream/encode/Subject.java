package dev.tidegate.stream.encode;

import dev.tidegate.bus.Markets.Channel;

/**
 * What messages are about; one for each topic.
 *
 * @param depth levels of a book, 0 for all of it and for other channels
 * @param interval of candles, else empty
 */
public record Subject(Channel channel, String symbol, int depth, String interval) {}
