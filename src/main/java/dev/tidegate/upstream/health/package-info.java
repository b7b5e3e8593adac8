/**
 * Which endpoints of a service are fit to take requests: told by the requests themselves ({@link
 * dev.tidegate.upstream.health.OutlierConfig}), by checks ({@link
 * dev.tidegate.upstream.health.CheckConfig}), and remembered by {@link
 * dev.tidegate.upstream.health.Fitness} for all event loops of a node.
 */
@NullMarked
package dev.tidegate.upstream.health;

import org.jspecify.annotations.NullMarked;
