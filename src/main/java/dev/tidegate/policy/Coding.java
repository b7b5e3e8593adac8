package dev.tidegate.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A content coding that answers can be compressed with, by its name in HTTP. */
public enum Coding {
  @JsonProperty("br")
  BR("br"),
  @JsonProperty("zstd")
  ZSTD("zstd"),
  @JsonProperty("gzip")
  GZIP("gzip");

  private final String text;

  Coding(String text) {
    this.text = text;
  }

  /** As Accept-Encoding and Content-Encoding say it. */
  public String text() {
    return text;
  }
}
