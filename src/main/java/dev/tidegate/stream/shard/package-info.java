/**
 * The state of the market's shards as this instance follows them: what each owner says, and holes
 * in it.
 */
@NullMarked
package dev.tidegate.stream.shard;

import org.jspecify.annotations.NullMarked;
