/** Compresses answers on their way out: for whom, which, and how. */
@NullMarked
package dev.tidegate.compress;

import org.jspecify.annotations.NullMarked;
