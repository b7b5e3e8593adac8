/**
 * What a step of the pipeline is ({@link dev.tidegate.policy.Policy}), what it sees, and who is
 * calling. Capabilities depend on this package and not on one another.
 */
@NullMarked
package dev.tidegate.policy;

import org.jspecify.annotations.NullMarked;
