/**
 * The way of an exchange to UPSTREAM: which headers pass, what the upstream is told of the caller,
 * and by which of the bus's ways it travels.
 */
@NullMarked
package dev.tidegate.ingress.forward;

import org.jspecify.annotations.NullMarked;
