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
  private boolean trusted;

  /**
   * Everything but hop-by-hop headers and those that the gateway writes itself.
   *
   * @param fromProxy whether the peer may say what only proxies know
   */
  void request(
      MultiMap from, MultiMap target, @Nullable String connectionTokens, boolean fromProxy) {
    request = true;
    trusted = fromProxy;
    copy(from, target, connectionTokens);
  }

  /** Everything but hop-by-hop headers. */
  void response(MultiMap from, MultiMap target, @Nullable String connectionTokens) {
    request = false;
    copy(from, target, connectionTokens);
  }

  private void copy(MultiMap from, MultiMap target, @Nullable String tokens) {
    to = target;
    connection = tokens;
    from.forEach(this);
  }

  @Override
  public void accept(String name, String value) {
    if (HopHeaders.hopByHop(name)
        || (request && withheld(name))
        || (connection != null && HopHeaders.named(connection, name))) {
      return;
    }
    to.add((CharSequence) name, (CharSequence) value);
  }

  private boolean withheld(String name) {
    return HopHeaders.replaced(name)
        || (!trusted && HopHeaders.ofProxies(name))
        || HopHeaders.disguised(name);
  }
}
