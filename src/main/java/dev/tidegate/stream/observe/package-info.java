/** What one instance counts, as metrics. */
@NullMarked
package dev.tidegate.stream.observe;

import org.jspecify.annotations.NullMarked;
