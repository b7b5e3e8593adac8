package dev.tidegate.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a request when a policy fails, instead of letting it go on or refusing it. */
public enum OnFailure {
  /** It goes on as if the policy had let it pass. */
  @JsonProperty("open")
  OPEN,
  /** It is refused. */
  @JsonProperty("closed")
  CLOSED
}
