/**
 * The services behind the gateway: keep-alive pools that belong to an event loop, balancing over
 * endpoints, timeouts, and honest failures.
 */
@NullMarked
package dev.tidegate.upstream;

import org.jspecify.annotations.NullMarked;
