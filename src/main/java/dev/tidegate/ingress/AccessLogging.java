package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line of JSON for each request, without its query, body or credentials. */
final class AccessLogging implements Policy {
  private static final byte[] TIME = ascii("{\"time\":\"");
  private static final byte[] POINT = ascii(".");
  private static final byte[] REQUEST_ID = ascii("Z\",\"requestId\":\"");
  private static final byte[] METHOD = ascii("\",\"method\":\"");
  private static final byte[] PATH = ascii("\",\"path\":\"");
  private static final byte[] ROUTE = ascii("\",\"route\":\"");
  private static final byte[] UPSTREAM = ascii("\",\"upstream\":\"");
  private static final byte[] STATUS = ascii("\",\"status\":");
  private static final byte[] BYTES = ascii(",\"bytes\":");
  private static final byte[] MILLIS = ascii(",\"ms\":");
  private static final byte[] CLIENT = ascii(",\"client\":\"");
  private static final byte[] CONSUMER = ascii("\",\"consumer\":\"");
  private static final byte[] CAUSE = ascii("\",\"cause\":\"");
  private static final byte[] END = ascii("\"}");

  private final AccessLog.Lines lines;
  private long second;
  private byte[] secondText = {};

  AccessLogging(AccessLog.Lines lines) {
    this.lines = lines;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
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
    long now = System.currentTimeMillis();
    if (now / 1000 != second) {
      second = now / 1000;
      secondText = ascii(Instant.ofEpochSecond(second).toString().substring(0, 19));
    }
    lines.raw(TIME).raw(secondText).raw(POINT).threeDigits((int) (now % 1000));
    lines.raw(REQUEST_ID).text(x.requestId()).raw(METHOD).text(x.request().method().name());
    lines.raw(PATH).text(x.path()).raw(ROUTE).text(x.routeId());
    member(UPSTREAM, x.upstream());
    lines.raw(STATUS).number(x.status()).raw(BYTES).number(x.response().bytesWritten());
    long nanos = System.nanoTime() - x.started();
    lines.raw(MILLIS).number(nanos / 1_000_000).raw(POINT);
    lines.threeDigits((int) (nanos / 1_000 % 1_000)).raw(CLIENT).text(x.client());
    Identity identity = x.identity();
    member(CONSUMER, identity == null ? null : identity.consumer());
    member(CAUSE, x.cause());
    lines.raw(END).ended();
  }

  private void member(byte[] name, @Nullable String value) {
    if (value != null) {
      lines.raw(name).text(value);
    }
  }
}
