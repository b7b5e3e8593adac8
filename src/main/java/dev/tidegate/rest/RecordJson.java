package dev.tidegate.rest;

import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.json.JsonWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How the record of an asynchronous request reads. */
final class RecordJson {
  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RecordJson() {}

  static String instant(long millis) {
    return MILLIS.format(Instant.ofEpochMilli(millis));
  }

  /** What a 202 says. */
  static Buffer accepted(Stored record) {
    return new JsonWriter()
        .object()
        .field("id", record.id())
        .field("status", Status.ACCEPTED.text())
        .field("acceptedAt", instant(record.acceptedAt()))
        .end()
        .toBuffer();
  }

  /** The whole record; the result's body is JSON already. */
  static Buffer whole(Stored record) {
    Result result = record.result();
    JsonWriter json =
        new JsonWriter(256 + (result == null ? 0 : result.body().length))
            .object()
            .field("id", record.id())
            .field("status", record.status().text())
            .field("acceptedAt", instant(record.acceptedAt()))
            .field("updatedAt", instant(record.updatedAt()));
    if (result != null) {
      json.object("result")
          .field("status", result.status())
          .json("body", result.body().length == 0 ? NULL : result.body())
          .end();
    }
    return json.end().toBuffer();
  }
}
