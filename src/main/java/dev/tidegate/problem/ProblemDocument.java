package dev.tidegate.problem;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Renders RFC 9457 problem details. */
public final class ProblemDocument {
  public static final CharSequence CONTENT_TYPE =
      io.vertx.core.http.HttpHeaders.createOptimized("application/problem+json");

  private ProblemDocument() {}

  /**
   * One document.
   *
   * @param detail what happened this time, never internal text
   * @param outcome for a failed forward, whether anything may have been sent
   */
  public static Buffer render(
      Problem problem, String detail, String requestId, @Nullable Outcome outcome) {
    StringBuilder out = new StringBuilder(160 + detail.length());
    JsonStringEncoder json = JsonStringEncoder.getInstance();
    out.append("{\"type\":\"").append(problem.type());
    out.append("\",\"title\":\"").append(problem.title());
    out.append("\",\"status\":").append(problem.status());
    out.append(",\"detail\":\"");
    json.quoteAsString(detail, out);
    out.append("\",\"requestId\":\"");
    json.quoteAsString(requestId, out);
    if (outcome != null) {
      out.append("\",\"outcome\":\"").append(outcome.text());
    }
    return Buffer.buffer(out.append("\"}").toString());
  }
}
