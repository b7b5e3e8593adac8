/** How messages and replies are laid out in bytes, in JSON and in Protobuf, and put into frames. */
@NullMarked
package dev.tidegate.stream.encode;

import org.jspecify.annotations.NullMarked;
