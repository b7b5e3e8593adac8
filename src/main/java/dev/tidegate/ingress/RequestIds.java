package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Gives each request an id: the caller's when it is sane, else a new one. Says it in the answer.
 */
final class RequestIds implements Policy, Supplier<String> {
  private static final int MAX_LENGTH = 128;

  private final String prefix;
  private long count;

  RequestIds(RandomGenerator random) {
    this.prefix = Long.toString(random.nextLong() >>> 1 | 1L << 62, 36) + '-';
  }

  /** A new id: where and when we started, and a number. Not thread-safe. */
  @Override
  public String get() {
    return prefix + Long.toString(++count, 36);
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    String given = ((HttpExchange) exchange).givenRequestId();
    exchange.requestId(given != null && sane(given) ? given : get());
    next.proceed(exchange);
  }

  @Override
  public void onHead(Exchange exchange) {
    exchange.responseHeaders().set(Headers.X_REQUEST_ID, exchange.requestId());
  }

  private static boolean sane(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean fine =
          (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || c == '-'
              || c == '_'
              || c == '.'
              || c == ':';
      if (!fine) {
        return false;
      }
    }
    return true;
  }
}
