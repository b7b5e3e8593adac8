package dev.tidegate.rest;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Interval;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /v1/markets} and below. */
final class MarketPages {
  private static final String ROOT = "/v1/markets";
  private static final int MAX_DEPTH = 5_000;
  private static final int MAX_TRADES = 1_000;

  private final MarketData data;

  /** Makes a document of a symbol's state, as the request wants it. */
  private interface Page {
    Function<SymbolState, Buffer> of(Asked asked);
  }

  MarketPages(MarketData data) {
    this.data = data;
  }

  Site site() {
    return new Site(
        ROOT,
        "a market has book, ticker, trades and candles",
        new Endpoint("", List.of(), this::list),
        page(Channel.BOOK, MarketPages::book, "depth"),
        page(Channel.TRADES, MarketPages::trades, "limit"),
        page(Channel.TICKER, asked -> MarketJson::ticker),
        page(Channel.CANDLES, MarketPages::candles, "interval"));
  }

  private Endpoint page(Channel channel, Page page, String... parameters) {
    String path = "/{+symbol}/" + channel.text();
    return new Endpoint(path, List.of(parameters), asked -> show(asked, page));
  }

  private void list(Asked asked) {
    answer(asked.exchange(), data.symbols().map(MarketJson::markets));
  }

  private void show(Asked asked, Page page) {
    Function<SymbolState, Buffer> document;
    try {
      document = page.of(asked);
    } catch (IllegalArgumentException e) {
      asked.exchange().refuse(Problem.BAD_REQUEST, String.valueOf(e.getMessage()));
      return;
    }
    answer(
        asked.exchange(),
        data.state(asked.name()).map(state -> state == null ? null : document.apply(state)));
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

  private static Function<SymbolState, Buffer> book(Asked asked) {
    int depth = number(asked, "depth", 50, MAX_DEPTH);
    return state -> MarketJson.book(state, depth);
  }

  private static Function<SymbolState, Buffer> trades(Asked asked) {
    int limit = number(asked, "limit", 100, MAX_TRADES);
    return state -> MarketJson.trades(state, limit);
  }

  private static Function<SymbolState, Buffer> candles(Asked asked) {
    String wanted = asked.query("interval");
    Interval interval = wanted == null ? Interval.MINUTE : Interval.named(wanted);
    if (interval == null) {
      throw new IllegalArgumentException("interval is 1s, 1m, 5m or 1h");
    }
    return state -> MarketJson.candles(state, interval);
  }

  private static int number(Asked asked, String name, int otherwise, int max) {
    String text = asked.query(name);
    if (text == null) {
      return otherwise;
    }
    boolean digits =
        !text.isEmpty() && text.length() < 7 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = digits ? Integer.parseInt(text) : 0;
    if (number < 1 || number > max) {
      throw new IllegalArgumentException(name + " is a number from 1 to " + max);
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
