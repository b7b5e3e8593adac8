package dev.tidegate.upstream;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which host an upstream is told that it is called by. */
public enum HostHeader {
  /** Its own: that of the endpoint, or the name that its certificate is of. */
  @JsonProperty("set")
  SET,
  /** The one that the caller has sent. */
  @JsonProperty("keep")
  KEEP
}
