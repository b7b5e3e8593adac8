package dev.tidegate.problem;

import dev.tidegate.json.JsonWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Renders RFC 9457 problem details: whatever the listener, an error reads alike. */
public final class ProblemDocument {
  public static final CharSequence CONTENT_TYPE =
      HttpHeaders.createOptimized("application/problem+json");

  private ProblemDocument() {}

  /**
   * One document.
   *
   * @param detail what happened this time, never internal text; null when the title says it all
   * @param outcome for a failed forward, whether anything may have been sent
   */
  public static Buffer render(
      Problem problem, @Nullable String detail, String requestId, @Nullable Outcome outcome) {
    JsonWriter json = begin(problem.type(), problem.title(), problem.status(), detail, requestId);
    return json.optional("outcome", outcome == null ? null : outcome.text()).end().toBuffer();
  }

  /** For a status that says by itself all there is to say, and has no page. */
  public static Buffer render(int status, String title, String detail, String requestId) {
    return begin("about:blank", title, status, detail, requestId).end().toBuffer();
  }

  private static JsonWriter begin(
      String type, String title, int status, @Nullable String detail, String requestId) {
    return new JsonWriter()
        .object()
        .field("type", type)
        .field("title", title)
        .field("status", status)
        .optional("detail", detail)
        .field("requestId", requestId);
  }
}
