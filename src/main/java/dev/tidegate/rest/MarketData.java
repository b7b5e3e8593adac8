package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.bus.Markets.SymbolState;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop knows of the markets: which symbols there are, and the state of symbols that
 * were asked for a moment ago. Asking again within that moment costs the owner nothing.
 */
final class MarketData {
  private static final long FRESH_MILLIS = 100;
  private static final long KEPT_MILLIS = 10_000;
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private record Known(long at, Future<CaughtUp> state) {}

  private final Bus bus;
  private final LongSupplier millis;
  private final Listing listing;
  private final Map<String, Known> known = new HashMap<>();
  private Set<String> symbols = new TreeSet<>();
  private long cleaned;

  MarketData(Bus bus, String node, LongSupplier millis) {
    this.bus = bus;
    this.millis = millis;
    listing = new Listing(nanos());
    bus.hear(Markets.DIRECTORY, this::learn)
        .completion()
        .onSuccess(v -> bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted(node)));
  }

  private void learn(Directory directory) {
    boolean changed = listing.hear(directory, nanos()).fresh();
    if (!listing.check(nanos()).isEmpty() || changed) {
      symbols = new TreeSet<>(listing.symbols());
    }
  }

  private long nanos() {
    return millis.getAsLong() * 1_000_000;
  }

  /** Every symbol, in order. */
  Iterable<String> symbols() {
    return symbols;
  }

  /** The symbol as of now or a moment ago; empty when its shard does not know it. */
  Future<@Nullable SymbolState> state(String symbol) {
    Integer shard = listing.shard(symbol);
    if (shard == null) {
      return Future.succeededFuture(null);
    }
    long now = millis.getAsLong();
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
