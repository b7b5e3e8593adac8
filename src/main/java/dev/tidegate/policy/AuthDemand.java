package dev.tidegate.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which credentials a route demands. */
public enum AuthDemand {
  /** Anybody; credentials that are there are still looked at, so that limits know the consumer. */
  @JsonProperty("none")
  NONE,
  @JsonProperty("apiKey")
  API_KEY,
  @JsonProperty("jwt")
  JWT,
  /** A key and a token of the same consumer. */
  @JsonProperty("both")
  BOTH,
  @JsonProperty("either")
  EITHER,
  /** A certificate that the caller has proven in the TLS handshake. */
  @JsonProperty("certificate")
  CERTIFICATE
}
