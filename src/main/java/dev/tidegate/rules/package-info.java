/**
 * What operators change while the cluster runs: limits of tiers, revoked credentials, bans. One
 * map, shared by the cluster, holds every rule; each node follows it ({@link
 * dev.tidegate.rules.RulesVerticle}) and keeps what is in force in memory ({@link
 * dev.tidegate.rules.Rules}), where listeners and policies look it up without asking anybody.
 */
@NullMarked
package dev.tidegate.rules;

import org.jspecify.annotations.NullMarked;
