/**
 * What operators see and turn: probes, metrics, the admin API and the console, on a listener of
 * their own. Everything shown comes from the bus: the roles from the node's deployment, the rest
 * from whoever answers {@link dev.tidegate.bus.Operations.Show}.
 */
@NullMarked
package dev.tidegate.admin;

import org.jspecify.annotations.NullMarked;
