package dev.tidegate.bus;

import dev.tidegate.bus.Markets.Directory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which symbols there are and which shard has them, as their owners announce it. An owner that
 * numbers anew may list symbols one by one at first: what it does not list after a while is gone.
 * For one event loop.
 */
public final class Listing {
  /** How long after the start a symbol may still turn up. */
  private static final long SETTLING = 3_000_000_000L;

  /** How long a new numbering has to list what the one before it listed. */
  private static final long RELISTING = 5_000_000_000L;

  private final long startedAt;
  private final Map<String, Integer> shards = new TreeMap<>();
  private final Map<Integer, Listed> listed = new HashMap<>();
  private int expected = Integer.MAX_VALUE;

  /** What one shard's owner lists under one numbering. */
  private static final class Listed {
    final String epoch;
    final long since;
    Set<String> symbols = Set.of();
    boolean settled;

    Listed(String epoch, long since, boolean settled) {
      this.epoch = epoch;
      this.since = since;
      this.settled = settled;
    }
  }

  /** A symbol that is not listed any longer. */
  public record Gone(String symbol, int shard, String epoch) {}

  public Listing(long startedAt) {
    this.startedAt = startedAt;
  }

  /** Takes an announcement; true when it brought a new symbol. */
  public boolean hear(Directory directory, long nanos) {
    Listed before = listed.get(directory.shard());
    Listed now = before;
    if (now == null || !now.epoch.equals(directory.epoch())) {
      now = new Listed(directory.epoch(), nanos, before == null);
      listed.put(directory.shard(), now);
    }
    now.symbols = Set.copyOf(directory.symbols());
    expected = directory.shards();
    boolean fresh = false;
    for (String symbol : directory.symbols()) {
      fresh |= shards.put(symbol, directory.shard()) == null;
    }
    return fresh;
  }

  /** Forgets, and gives, the symbols that a new numbering has not listed in its time. */
  public List<Gone> check(long nanos) {
    List<Gone> gone = new ArrayList<>(0);
    listed.forEach(
        (shard, now) -> {
          if (!now.settled && nanos - now.since > RELISTING) {
            now.settled = true;
            shards.forEach(
                (symbol, of) -> {
                  if (of.equals(shard) && !now.symbols.contains(symbol)) {
                    gone.add(new Gone(symbol, shard, now.epoch));
                  }
                });
          }
        });
    gone.forEach(one -> shards.remove(one.symbol));
    return gone;
  }

  @Nullable
  public Integer shard(String symbol) {
    return shards.get(symbol);
  }

  /** In order. */
  public Set<String> symbols() {
    return shards.keySet();
  }

  /** Whether every shard has been listed, so that a symbol that is not here is nowhere. */
  public boolean complete() {
    return listed.size() >= expected;
  }

  /** What is not known, for people; of use while this is not {@link #complete}. */
  public String missing() {
    return listed.isEmpty()
        ? "no shard has been listed yet"
        : (expected - listed.size()) + " of " + expected + " shards have not been listed yet";
  }

  /** Whether a symbol that is not here now is unknown for good. */
  public boolean settled(long nanos) {
    return complete() || nanos - startedAt > SETTLING;
  }
}
