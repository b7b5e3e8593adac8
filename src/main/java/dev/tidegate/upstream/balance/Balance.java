package dev.tidegate.upstream.balance;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a request is given to one of several endpoints. */
public enum Balance {
  @JsonProperty("roundRobin")
  ROUND_ROBIN,
  /** The one with fewer requests in flight of two drawn at random. */
  @JsonProperty("leastRequests")
  LEAST_REQUESTS
}
