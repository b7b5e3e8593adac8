package dev.tidegate.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who is served first when there is too much to do; the most important stands first. */
public enum Priority {
  /** What takes risk out of the market. */
  @JsonProperty("cancel")
  CANCEL,
  @JsonProperty("order")
  ORDER,
  /** Whatever else a known consumer asks for. */
  @JsonProperty("query")
  QUERY,
  @JsonProperty("anonymous")
  ANONYMOUS
}
