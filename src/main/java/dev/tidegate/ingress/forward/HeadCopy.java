package dev.tidegate.ingress.forward;

import io.vertx.core.MultiMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies the headers that may pass from one connection to the next. One instance serves all copies
 * of an event loop, one after another.
 */
final class HeadCopy implements BiConsumer<String, String> {
  private MultiMap to = MultiMap.caseInsensitiveMultiMap();
  private @Nullable String connection;
  private boolean request;

  /** Everything but hop-by-hop headers and those that the gateway writes itself. */
  void request(MultiMap from, MultiMap target, @Nullable String connectionTokens) {
    copy(from, target, connectionTokens, true);
  }

  /** Everything but hop-by-hop headers. */
  void response(MultiMap from, MultiMap target, @Nullable String connectionTokens) {
    copy(from, target, connectionTokens, false);
  }

  private void copy(MultiMap from, MultiMap target, @Nullable String tokens, boolean isRequest) {
    to = target;
    connection = tokens;
    request = isRequest;
    from.forEach(this);
  }

  @Override
  public void accept(String name, String value) {
    if (HopHeaders.hopByHop(name)
        || (request && HopHeaders.replaced(name))
        || (connection != null && HopHeaders.named(connection, name))) {
      return;
    }
    to.add((CharSequence) name, (CharSequence) value);
  }
}
