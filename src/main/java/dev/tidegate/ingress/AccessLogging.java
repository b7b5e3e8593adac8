package dev.tidegate.ingress;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line of JSON for each request, without its query, body or credentials. */
final class AccessLogging implements Policy {
  private final AccessLog.Lines lines;
  private final JsonStringEncoder json = JsonStringEncoder.getInstance();
  private long second;
  private String secondText = "";

  AccessLogging(AccessLog.Lines lines) {
    this.lines = lines;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    next.proceed(exchange);
  }

  @Override
  public void onEnd(Exchange x) {
    if (!lines.on()) {
      return;
    }
    StringBuilder out = lines.begin();
    time(out.append("{\"time\":\""));
    text(out.append("Z\",\"requestId\":\""), x.requestId());
    text(out.append("\",\"method\":\""), x.request().method().name());
    text(out.append("\",\"path\":\""), x.path());
    out.append("\",\"route\":\"").append(x.routeId());
    member(out, "upstream", x.upstream());
    out.append("\",\"status\":").append(x.status());
    out.append(",\"bytes\":").append(x.response().bytesWritten());
    millis(out.append(",\"ms\":"), System.nanoTime() - x.started());
    out.append(",\"client\":\"").append(x.client());
    Identity identity = x.identity();
    member(out, "consumer", identity == null ? null : identity.consumer());
    member(out, "cause", x.cause());
    out.append("\"}");
    lines.ended();
  }

  private void member(StringBuilder out, String name, @Nullable String value) {
    if (value != null) {
      text(out.append("\",\"").append(name).append("\":\""), value);
    }
  }

  private void text(StringBuilder out, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        json.quoteAsString(value, out);
        return;
      }
    }
    out.append(value);
  }

  private void time(StringBuilder out) {
    long now = System.currentTimeMillis();
    if (now / 1000 != second) {
      second = now / 1000;
      secondText = Instant.ofEpochSecond(second).toString().substring(0, 19);
    }
    threeDigits(out.append(secondText).append('.'), (int) (now % 1000));
  }

  private static void millis(StringBuilder out, long nanos) {
    out.append(nanos / 1_000_000).append('.');
    threeDigits(out, (int) (nanos / 1_000 % 1_000));
  }

  private static void threeDigits(StringBuilder out, int number) {
    out.append((char) ('0' + number / 100))
        .append((char) ('0' + number / 10 % 10))
        .append((char) ('0' + number % 10));
  }
}
