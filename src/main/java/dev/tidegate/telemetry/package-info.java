/** How a node is seen from outside: the metrics registry and the end of the log. */
@NullMarked
package dev.tidegate.telemetry;

import org.jspecify.annotations.NullMarked;
