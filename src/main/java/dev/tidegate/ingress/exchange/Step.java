package dev.tidegate.ingress.exchange;

import dev.tidegate.policy.OnFailure;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;

/**
 * A policy in its place.
 *
 * @param name as metrics and the log call it
 * @param onFailure what becomes of a route's requests when it fails
 */
public record Step(String name, Policy policy, PerRoute<OnFailure> onFailure) {}
