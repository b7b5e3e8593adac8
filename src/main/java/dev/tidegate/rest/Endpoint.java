package dev.tidegate.rest;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the gateway answers itself.
 *
 * @param path below the root of its {@link Site}, with {@code {name}} for the segment that says of
 *     what, or {@code {+name}} when the name may have slashes
 * @param parameters all that is read from the query
 */
public record Endpoint(String path, List<String> parameters, Consumer<Asked> answer) {
  public Endpoint {
    parameters = List.copyOf(parameters);
  }

  /**
   * The name in such a path, as it was sent, empty when there is none in the endpoint's; null when
   * the path is not this endpoint's.
   */
  @Nullable String match(String below) {
    int open = path.indexOf('{');
    if (open < 0) {
      return below.equals(path) ? "" : null;
    }
    int close = path.indexOf('}');
    int after = path.length() - close - 1;
    int end = below.length() - after;
    if (end <= open
        || !below.regionMatches(0, path, 0, open)
        || !below.regionMatches(end, path, close + 1, after)) {
      return null;
    }
    String name = below.substring(open, end);
    return path.charAt(open + 1) == '+' || name.indexOf('/') < 0 ? name : null;
  }
}
