package dev.tidegate.rest;

import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Stored;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How the record of an asynchronous request reads. */
final class RecordJson {
  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RecordJson() {}

  static String instant(long millis) {
    return MILLIS.format(Instant.ofEpochMilli(millis));
  }

  /** What a 202 says. */
  static Buffer accepted(Stored record) {
    return Buffer.buffer(
        "{\"id\":\""
            + record.id()
            + "\",\"status\":\"accepted\",\"acceptedAt\":\""
            + instant(record.acceptedAt())
            + "\"}");
  }

  /** The whole record; the result's body is JSON already. */
  static Buffer whole(Stored record) {
    Buffer out =
        Buffer.buffer(
            "{\"id\":\""
                + record.id()
                + "\",\"status\":\""
                + record.status().text()
                + "\",\"acceptedAt\":\""
                + instant(record.acceptedAt())
                + "\",\"updatedAt\":\""
                + instant(record.updatedAt())
                + '"');
    Result result = record.result();
    if (result != null) {
      out.appendString(",\"result\":{\"status\":" + result.status() + ",\"body\":");
      if (result.body().length == 0) {
        out.appendString("null");
      } else {
        out.appendBytes(result.body());
      }
      out.appendString("}");
    }
    return out.appendString("}");
  }
}
