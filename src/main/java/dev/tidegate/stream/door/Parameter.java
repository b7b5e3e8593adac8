package dev.tidegate.stream.door;

import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** All that is read from the query of a request for a stream. */
public enum Parameter {
  /** A credential, for browsers, which cannot set headers. */
  TOKEN,
  /** How a client takes large snapshots: in parts, or in one message each. */
  SNAPSHOTS;

  private final String text = name().toLowerCase(Locale.ROOT);

  public String text() {
    return text;
  }

  /** What the request says, or null. */
  @Nullable String of(HttpServerRequest request) {
    return request.getParam(text);
  }
}
