package dev.tidegate.market.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recorded stream line by line: {@code <unix seconds>: <the exchange's JSON>}, plain or
 * gzip. Lines about the recorder's own connection are passed over.
 */
public final class CaptureReader implements AutoCloseable {
  /**
   * What one line gave.
   *
   * @param line counted from 1
   * @param received when the recorder got it, microseconds since the epoch
   */
  public record Captured(long line, long received, List<FeedRecord> records) {}

  private static final int SHOWN = 120;
  private static final String FORMATS =
      "lines of <unix seconds>: <JSON>, which is Binance's depthUpdate, bookTicker or aggTrade,"
          + " Coinbase's snapshot, l2update, match or ticker,"
          + " or Coinbase Advanced's l2_data, market_trades or ticker";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal YEAR_2100 = BigDecimal.valueOf(4_102_444_800_000_000L);

  private final BufferedReader in;
  private final Rejects rejects;
  private final Times times;
  private final String name;
  private final CoinbaseMessages coinbase = new CoinbaseMessages();
  private final CoinbaseAdvancedMessages advanced = new CoinbaseAdvancedMessages();
  private @Nullable String first;
  private boolean understood;
  private long line;

  private CaptureReader(InputStream in, String name, Rejects rejects, Times times) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    this.name = name;
    this.rejects = rejects;
    this.times = times;
  }

  public static CaptureReader open(Path path, Rejects rejects, Times times) throws IOException {
    BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      InputStream text = gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
      return new CaptureReader(text, String.valueOf(path.getFileName()), rejects, times);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** Fails, and says what is expected, when no line of the capture says anything of a market. */
  public static void check(Path path) throws IOException {
    MeterRegistry meters = new SimpleMeterRegistry();
    try (CaptureReader reader = open(path, new Rejects(meters, () -> 0), new Times(meters))) {
      reader.next();
    }
  }

  /**
   * The next line that says something about a market, or null at the end; fails when there was none
   * up to there.
   */
  public @Nullable Captured next() throws IOException {
    for (String text = in.readLine(); text != null; text = in.readLine()) {
      line++;
      first = first == null ? text : first;
      int colon = text.indexOf(": ");
      if (colon <= 0 || !isTime(text, colon)) {
        continue;
      }
      long received = micros(new BigDecimal(text.substring(0, colon)));
      List<FeedRecord> records = read(text.substring(colon + 2), received);
      if (!records.isEmpty()) {
        understood = true;
        // By the recorder's clock: what it heard then cannot have happened later.
        return new Captured(
            line, received, records.stream().map(r -> times.right(r, received)).toList());
      }
    }
    if (!understood) {
      String begins = first == null ? "it is empty" : "its first line is: " + shortened(first);
      throw new IOException(
          "capture " + name + ": no line is understood, " + begins + " (expected " + FORMATS + ")");
    }
    return null;
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  private List<FeedRecord> read(String message, long received) {
    try {
      JsonNode root = JSON.readTree(message);
      if (CoinbaseAdvancedMessages.isOne(root)) {
        return advanced.records(root, received);
      }
      return root.has("product_id")
          ? coinbase.records(root, received)
          : BinanceMessages.records(root.has("data") ? root.get("data") : root, received);
    } catch (JsonProcessingException e) {
      rejects.add(name, line, "not JSON: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      rejects.add(name, line, String.valueOf(e.getMessage()));
    }
    return List.of();
  }

  /** Some recorders write milliseconds, microseconds or nanoseconds. */
  private static long micros(BigDecimal time) {
    BigDecimal micros = time.multiply(MICROS);
    while (micros.compareTo(YEAR_2100) > 0) {
      micros = micros.movePointLeft(3);
    }
    return micros.longValue();
  }

  private static boolean isTime(String text, int end) {
    int points = 0;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      points += c == '.' ? 1 : 0;
      if ((c < '0' || c > '9') && c != '.') {
        return false;
      }
    }
    return points == 0 || (points == 1 && end > 1);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** The field's text, or an {@link IllegalArgumentException} that names it. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isValueNode() || value.isNull()) {
      throw new IllegalArgumentException(field + ": " + value + " (expected a value)");
    }
    return value.asText();
  }
}
