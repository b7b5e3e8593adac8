package dev.tidegate.ingress.observe;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.route.RouteTable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line of JSON for each request, without its query, body or credentials. */
public final class AccessLogging implements Policy {
  private static final byte[] TIME = ascii("{\"time\":\"");
  private static final byte[] POINT = ascii(".");
  private static final byte[] REQUEST_ID = ascii("Z\",\"requestId\":");
  private static final byte[] METHOD = ascii(",\"method\":");
  private static final byte[] PATH = ascii(",\"path\":");
  private static final byte[] ROUTE = ascii(",\"route\":");
  private static final byte[] UPSTREAM = ascii(",\"upstream\":");
  private static final byte[] STATUS = ascii(",\"status\":");
  private static final byte[] BYTES = ascii(",\"bytes\":");
  private static final byte[] MILLIS = ascii(",\"ms\":");
  private static final byte[] CLIENT = ascii(",\"client\":");
  private static final byte[] CONSUMER = ascii(",\"consumer\":");
  private static final byte[] CAUSE = ascii(",\"cause\":");
  private static final byte[] END = ascii("}");

  private final AccessLog.Lines lines;
  private final PerRoute<byte[]> route;
  private final Loop loop;
  private long second;
  private byte[] secondText = {};

  /** Writes to these lines, by this loop's clock. */
  public AccessLogging(AccessLog.Lines lines, RouteTable routes, Loop loop) {
    this.lines = lines;
    this.route = routes.each(route("none", null), r -> route(r.id(), r.upstream()));
    this.loop = loop;
  }

  /** What a line says of its route. */
  private static byte[] route(String id, @Nullable String upstream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ROUTE);
    out.writeBytes(AccessLog.Lines.quoted(id));
    if (upstream != null) {
      out.writeBytes(UPSTREAM);
      out.writeBytes(AccessLog.Lines.quoted(upstream));
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    next.proceed();
  }

  @Override
  public void onEnd(Exchange x) {
    if (!lines.on()) {
      return;
    }
    long now = loop.millis();
    if (now / 1000 != second) {
      second = now / 1000;
      secondText = ascii(Instant.ofEpochSecond(second).toString().substring(0, 19));
    }
    lines.raw(TIME).raw(secondText).raw(POINT).threeDigits((int) (now % 1000));
    lines.raw(REQUEST_ID).text(x.requestId()).raw(METHOD).text(x.method().name());
    lines.raw(PATH).text(x.path()).raw(route.of(x));
    lines.raw(STATUS).number(x.status()).raw(BYTES).number(x.written());
    long nanos = loop.nanos() - x.started();
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
