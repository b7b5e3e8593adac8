/**
 * Token buckets by consumer, address or route, bounded in number, and the policy that takes from
 * them.
 */
@NullMarked
package dev.tidegate.ratelimit;

import org.jspecify.annotations.NullMarked;
