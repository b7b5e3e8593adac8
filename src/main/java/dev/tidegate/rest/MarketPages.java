package dev.tidegate.rest;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Interval;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.net.Escapes;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /v1/markets} and below. */
public final class MarketPages {
  private static final String ROOT = "/v1/markets";
  private static final int MAX_DEPTH = 5_000;
  private static final int MAX_TRADES = 1_000;

  private final MarketData data;

  MarketPages(MarketData data) {
    this.data = data;
  }

  public void answer(Exchange exchange) {
    String path = exchange.path();
    int start = path.indexOf(ROOT);
    String rest = start < 0 ? "" : path.substring(start + ROOT.length());
    if (rest.isEmpty() || rest.equals("/")) {
      answer(exchange, data.symbols().map(MarketJson::markets));
      return;
    }
    // The page comes last: a slash before it belongs to the symbol, encoded or not.
    int slash = rest.lastIndexOf('/');
    String symbol = slash < 1 ? null : Escapes.decoded(rest.substring(1, slash));
    Function<SymbolState, Buffer> page = page(exchange, slash < 1 ? "" : rest.substring(slash + 1));
    if (page == null) {
      return;
    }
    if (symbol == null) {
      exchange.refuse(Problem.BAD_REQUEST, Escapes.MALFORMED);
      return;
    }
    answer(exchange, data.state(symbol).map(state -> state == null ? null : page.apply(state)));
  }

  /** An empty result is a symbol that there is not. */
  private static void answer(Exchange exchange, Future<@Nullable Buffer> body) {
    body.onComplete(
        exchange.then(
            found -> {
              if (found == null) {
                exchange.refuse(
                    Problem.NOT_FOUND, "there is no such symbol (expected one of " + ROOT + ")");
              } else {
                send(exchange, found);
              }
            }),
        e -> refuse(exchange, e));
  }

  /** Says what is missing. */
  private static void refuse(Exchange exchange, Throwable cause) {
    if (cause instanceof MarketData.Unlisted unlisted) {
      Failures.unavailable(exchange, "markets: " + unlisted.missing, Outcome.NEVER_SENT);
    } else {
      Failures.refuse(exchange, "the owner of this market", cause);
    }
  }

  /** Null when the request has been refused. */
  private static @Nullable Function<SymbolState, Buffer> page(Exchange exchange, String name) {
    switch (Channel.named(name)) {
      case BOOK -> {
        int depth = number(exchange, "depth", 50, MAX_DEPTH);
        return depth < 0 ? null : state -> MarketJson.book(state, depth);
      }
      case TRADES -> {
        int limit = number(exchange, "limit", 100, MAX_TRADES);
        return limit < 0 ? null : state -> MarketJson.trades(state, limit);
      }
      case TICKER -> {
        return MarketJson::ticker;
      }
      case CANDLES -> {
        String asked = exchange.query("interval");
        Interval interval = asked == null ? Interval.MINUTE : Interval.named(asked);
        if (interval == null) {
          exchange.refuse(Problem.BAD_REQUEST, "interval is 1s, 1m, 5m or 1h");
          return null;
        }
        return state -> MarketJson.candles(state, interval);
      }
      case null, default -> {
        exchange.refuse(Problem.NOT_FOUND, "a market has book, ticker, trades and candles");
        return null;
      }
    }
  }

  private static int number(Exchange exchange, String name, int otherwise, int max) {
    String text = exchange.query(name);
    if (text == null) {
      return otherwise;
    }
    boolean digits =
        !text.isEmpty() && text.length() < 7 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = digits ? Integer.parseInt(text) : 0;
    if (number < 1 || number > max) {
      exchange.refuse(Problem.BAD_REQUEST, name + " is a number from 1 to " + max);
      return -1;
    }
    return number;
  }

  private static void send(Exchange exchange, Buffer body) {
    String tag = tag(body);
    exchange.responseHeaders().set(HttpHeaders.ETAG, tag);
    exchange.responseHeaders().set(HttpHeaders.CACHE_CONTROL, "public, max-age=0, must-revalidate");
    String match = exchange.requestHeaders().get(HttpHeaders.IF_NONE_MATCH);
    if (match != null && (match.equals("*") || match.contains(tag))) {
      exchange.answer(new Reply.Empty(304));
    } else {
      exchange.answer(new Reply.Content(200, RecordJson.JSON, body));
    }
  }

  /** FNV-1a, 64 bits. */
  private static String tag(Buffer body) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < body.length(); i++) {
      hash = (hash ^ (body.getByte(i) & 0xFF)) * 0x100000001b3L;
    }
    return '"' + Long.toHexString(hash) + '"';
  }
}
