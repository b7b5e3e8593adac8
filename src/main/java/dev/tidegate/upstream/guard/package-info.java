/**
 * What keeps an upstream that fails from being asked too much, and its callers from waiting for it:
 * {@link dev.tidegate.upstream.guard.CircuitBreaker} for the upstream as a whole, {@link
 * dev.tidegate.upstream.guard.RetryBudget} for what is sent again, both over a {@link
 * dev.tidegate.upstream.guard.RollingWindow}.
 */
@NullMarked
package dev.tidegate.upstream.guard;

import org.jspecify.annotations.NullMarked;
