package dev.tidegate.net;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * In which header trusted proxies say where a request comes from. They write one and pass on what
 * callers have written into the other, so only one can be believed.
 */
public enum AddressHeader {
  /** X-Forwarded-For, or X-Real-IP where there is none. */
  @JsonProperty("x-forwarded-for")
  X_FORWARDED_FOR,
  /** RFC 7239. */
  @JsonProperty("forwarded")
  FORWARDED
}
