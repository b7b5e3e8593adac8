package dev.tidegate.bus;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What callers get in place of an upstream that is not asked.
 *
 * @param headers beside the content's type and length
 */
public record Fallback(
    @Default("200") int status,
    @Default("application/json") String contentType,
    @Default("{}") Map<String, String> headers,
    @Default("''") String body) {
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
  private static final Pattern OURS =
      Pattern.compile(
          "(?i)connection|content-length|content-type|transfer-encoding|trailer|upgrade|te");

  public Fallback {
    Check.within("status", status, 200, 599);
    headers = Map.copyOf(headers);
    Check.that(VALUE.matcher(contentType).matches(), "contentType", contentType, "a media type");
    headers.forEach(
        (name, value) -> {
          boolean fine = NAME.matcher(name).matches() && !OURS.matcher(name).matches();
          Check.that(fine, "headers", name, "names that are not of the connection or the content");
          Check.that(VALUE.matcher(value).matches(), "headers." + name, value, "printable ASCII");
        });
  }
}
