/**
 * What a source says, in the forms in which it says it: JSON and Protobuf of the feed topic, and
 * the messages of the exchanges whose streams were recorded.
 */
@NullMarked
package dev.tidegate.market.record;

import org.jspecify.annotations.NullMarked;
