package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows of the markets: which shard has which symbol, and the state of symbols
 * that were asked for a moment ago. Asking again within that moment costs the owner nothing. Every
 * answer is there within five seconds, if only as a failure.
 */
final class MarketData {
  private static final long FRESH_MILLIS = 100;
  private static final long KEPT_MILLIS = 10_000;
  private static final Duration ANSWER = Duration.ofMillis(2500);

  /** How long after the start a request waits for the shards that are not listed. */
  private static final long SETTLING = 2_000_000_000L;

  private record Known(long at, Future<CaughtUp> state) {}

  /** Some shard has not been listed, so that nobody knows which symbols it has. */
  static final class Unlisted extends Exception {
    private static final long serialVersionUID = 1;

    final String missing;

    Unlisted(String missing) {
      super(missing, null, false, false);
      this.missing = missing;
    }
  }

  private final Bus bus;
  private final Loop loop;
  private final long startedAt;
  private final Listing listing;
  private final Map<String, Known> known = new HashMap<>();
  private final Set<Promise<Listing>> waiting = new LinkedHashSet<>();
  private long cleaned;

  MarketData(Bus bus, String node, Loop loop) {
    this.bus = bus;
    this.loop = loop;
    this.startedAt = loop.nanos();
    this.listing = new Listing(startedAt);
    bus.hear(Markets.DIRECTORY, this::learn)
        .completion()
        .onSuccess(v -> bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted(node)));
  }

  private void learn(Directory directory) {
    listing.hear(directory, loop.nanos());
    if (!waiting.isEmpty() && listing.complete()) {
      List<Promise<Listing>> ready = List.copyOf(waiting);
      waiting.clear();
      ready.forEach(each -> each.complete(listing));
    }
  }

  /** Every symbol, in order; fails with {@link Unlisted} when there may be others. */
  Future<Iterable<String>> symbols() {
    return complete().map(Listing::symbols);
  }

  /**
   * The symbol as of now or a moment ago; empty when there is none. Fails with {@link Unlisted}
   * when a shard that has not been listed may have it.
   */
  Future<@Nullable SymbolState> state(String symbol) {
    Integer shard = current().shard(symbol);
    if (shard != null) {
      return ask(symbol, shard);
    }
    return complete()
        .compose(
            all -> {
              Integer late = all.shard(symbol);
              return late == null ? Future.succeededFuture(null) : ask(symbol, late);
            });
  }

  private Listing current() {
    listing.check(loop.nanos());
    return listing;
  }

  private Future<Listing> complete() {
    if (current().complete()) {
      return Future.succeededFuture(listing);
    }
    long left = startedAt + SETTLING - loop.nanos();
    if (left <= 0) {
      return Future.failedFuture(new Unlisted(listing.missing()));
    }
    Promise<Listing> promise = Promise.promise();
    waiting.add(promise);
    loop.after(
        left,
        () -> {
          if (waiting.remove(promise)) {
            promise.fail(new Unlisted(listing.missing()));
          }
        });
    return promise.future();
  }

  private Future<@Nullable SymbolState> ask(String symbol, int shard) {
    long now = loop.millis();
    Known last = known.get(symbol);
    if (last == null || now - last.at() > FRESH_MILLIS || last.state().failed()) {
      clean(now);
      last =
          new Known(
              now,
              bus.ask(
                  Markets.catchUp(shard),
                  new CatchUp(shard, symbol, null, 0),
                  CaughtUp.class,
                  ANSWER));
      known.put(symbol, last);
    }
    return last.state().map(CaughtUp::state);
  }

  private void clean(long now) {
    if (now - cleaned > KEPT_MILLIS) {
      cleaned = now;
      known.values().removeIf(k -> now - k.at() > KEPT_MILLIS);
    }
  }
}
