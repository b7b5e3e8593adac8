/**
 * The command line. Below it, downwards only: {@code command}, {@code node}, {@code config}; the
 * roles themselves are other packages.
 */
@NullMarked
package dev.tidegate.app;

import org.jspecify.annotations.NullMarked;
