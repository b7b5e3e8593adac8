package dev.tidegate.upstream.balance;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a request is given to one of several endpoints. */
public enum Balance {
  @JsonProperty("roundRobin")
  ROUND_ROBIN,
  /** Of two drawn at random, the one with fewer requests in flight for its weight. */
  @JsonProperty("leastRequests")
  LEAST_REQUESTS
}
