/**
 * Which endpoint of a service takes a request, and on which kept connection: {@link
 * dev.tidegate.upstream.balance.Balancer} chooses among {@link
 * dev.tidegate.upstream.balance.Connector}s, one for each endpoint.
 */
@NullMarked
package dev.tidegate.upstream.balance;

import org.jspecify.annotations.NullMarked;
