/** What clients ask and what they are answered, as values. */
@NullMarked
package dev.tidegate.stream.protocol;

import org.jspecify.annotations.NullMarked;
