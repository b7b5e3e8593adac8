package dev.tidegate.market.feed;

import java.util.List;

/**
 * What the simulator makes.
 *
 * @param rate records a second over all symbols
 * @param book parts of book changes in the mix, like {@code trade} and {@code ticker}
 */
public record Simulation(
    List<String> symbols, double rate, int book, int trade, int ticker, long seed) {}
