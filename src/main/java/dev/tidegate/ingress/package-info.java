/**
 * The HTTP listener: connections and their limits, the pipeline of policies in one list, and the
 * streaming of an exchange to whatever its route names.
 */
@NullMarked
package dev.tidegate.ingress;

import org.jspecify.annotations.NullMarked;
