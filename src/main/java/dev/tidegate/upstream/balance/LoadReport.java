package dev.tidegate.upstream.balance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint says of its load, in parts of one, as in an ORCA load report: the header {@code
 * endpoint-load-metrics} in its forms {@code TEXT} and {@code JSON}, or a JSON document. What it
 * does not say is not a number.
 */
public record LoadReport(double cpu, double memory) {
  /** The header of an answer that tells. */
  public static final CharSequence HEADER = HttpHeaders.createOptimized("endpoint-load-metrics");

  private static final String TEXT = "TEXT ";
  private static final String JSON = "JSON ";
  private static final int MOST = 4096;
  private static final ObjectReader READER = JsonMapper.builder().build().reader();

  /** What the header says, or null when it is nothing of this. */
  public static @Nullable LoadReport ofHeader(String header) {
    if (header.length() > MOST) {
      return null;
    }
    return header.regionMatches(true, 0, JSON, 0, JSON.length())
        ? ofJson(header.substring(JSON.length()))
        : header.regionMatches(true, 0, TEXT, 0, TEXT.length())
            ? ofText(header.substring(TEXT.length()))
            : null;
  }

  private static @Nullable LoadReport ofText(String pairs) {
    double cpu = Double.NaN;
    double memory = Double.NaN;
    for (String pair : pairs.split(",", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).trim();
      if (name.equals("cpu_utilization")) {
        cpu = number(pair.substring(equals + 1).trim());
      } else if (name.equals("mem_utilization")) {
        memory = number(pair.substring(equals + 1).trim());
      }
    }
    return of(cpu, memory);
  }

  /** What a document says, or null when it is nothing of this. */
  public static @Nullable LoadReport ofJson(@Nullable String document) {
    if (document == null || document.length() > MOST) {
      return null;
    }
    try {
      JsonNode fields = READER.readTree(document);
      return of(
          number(fields, "cpu_utilization", "cpuUtilization"),
          number(fields, "mem_utilization", "memUtilization"));
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static double number(JsonNode fields, String name, String otherwise) {
    JsonNode value = fields.has(name) ? fields.get(name) : fields.path(otherwise);
    return value.isNumber() ? sane(value.doubleValue()) : Double.NaN;
  }

  private static double number(String text) {
    try {
      return sane(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static double sane(double value) {
    return value >= 0 && value <= 1000 ? value : Double.NaN;
  }

  private static @Nullable LoadReport of(double cpu, double memory) {
    return Double.isNaN(cpu) && Double.isNaN(memory) ? null : new LoadReport(cpu, memory);
  }
}
