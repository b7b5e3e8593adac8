package dev.tidegate.upstream.balance;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a request is given to one of several endpoints. */
public enum Balance {
  @JsonProperty("roundRobin")
  ROUND_ROBIN,
  /** Of two drawn at random, the one with fewer requests in flight for its weight. */
  @JsonProperty("leastRequests")
  LEAST_REQUESTS,
  /** Of two drawn at random, the one that answers sooner, given what it has in flight. */
  @JsonProperty("peakEwma")
  PEAK_EWMA,
  /** Equal keys to equal endpoints, and few move when an endpoint goes or comes. */
  @JsonProperty("consistentHash")
  CONSISTENT_HASH,
  /** A consistent hash of the client's address. */
  @JsonProperty("sticky")
  STICKY;

  /** Whether the request itself says where it goes. */
  public boolean byKey() {
    return this == CONSISTENT_HASH || this == STICKY;
  }
}
