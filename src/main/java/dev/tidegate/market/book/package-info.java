/**
 * One shard's state. A {@link dev.tidegate.market.book.Shard} turns records into numbered updates
 * as a function of the records alone, so that every node that continues from the same state says
 * the same; what was said is kept for those who missed it.
 */
@NullMarked
package dev.tidegate.market.book;

import org.jspecify.annotations.NullMarked;
