/**
 * What every listener needs to know of the network: ranges of addresses, the caller's address
 * behind trusted proxies, how TLS is spoken, and the ids that requests bear.
 */
@NullMarked
package dev.tidegate.net;

import org.jspecify.annotations.NullMarked;
