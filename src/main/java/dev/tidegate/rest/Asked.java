package dev.tidegate.rest;

import dev.tidegate.policy.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Endpoint} is asked.
 *
 * @param name what the path's name stands for; empty when the path has none
 */
public record Asked(Exchange exchange, Endpoint endpoint, String name) {
  /** A query parameter, or null; it is one that the endpoint declares. */
  @Nullable String query(String parameter) {
    if (!endpoint.parameters().contains(parameter)) {
      throw new IllegalStateException(
          "parameter: " + parameter + " (expected one of " + endpoint.parameters() + ")");
    }
    return exchange.query(parameter);
  }
}
