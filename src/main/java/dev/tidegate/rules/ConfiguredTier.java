package dev.tidegate.rules;

/**
 * A tier that the configuration knows, before operators change it.
 *
 * @param limits in full
 * @param listed whether it is described by itself; else it is as {@code default}
 */
public record ConfiguredTier(TierLimits limits, boolean listed) {}
