package dev.tidegate.route;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.policy.Coding;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which answers of a route are compressed.
 *
 * @param codings what is offered; the first is preferred among those that a caller wants alike
 * @param types media types; {@code text/} stands for all that begin with it
 * @param minBytes shorter answers stay as they are; of those of unknown length none does
 */
public record CompressionConfig(
    @Default("[zstd, br, gzip]") List<Coding> codings,
    @Default(
            "[application/json, application/problem+json, application/javascript, text/html,"
                + " text/css, text/plain, text/csv, text/javascript, image/svg+xml]")
        List<String> types,
    @Default("1024") long minBytes) {
  private static final Pattern TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]+/([a-z0-9!#$&^_.+-]+)?");

  public CompressionConfig {
    Check.that(!codings.isEmpty(), "codings", codings, "some of zstd, br, gzip");
    codings = List.copyOf(codings);
    types = List.copyOf(types);
    for (String type : types) {
      Check.that(
          TYPE.matcher(type).matches(), "types", type, "a media type, or text/ for all such");
    }
    Check.atLeast("minBytes", minBytes, 0);
  }
}
