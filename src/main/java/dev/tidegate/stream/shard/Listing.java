package dev.tidegate.stream.shard;

import dev.tidegate.bus.Markets.Directory;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which symbols there are and which shard has them, as their owners announce it. */
public final class Listing {
  /** How long after the start a symbol may still turn up. */
  private static final long SETTLING = 3_000_000_000L;

  private final long startedAt;
  private final Map<String, Integer> shards = new HashMap<>();
  private final BitSet heard = new BitSet();
  private int expected = Integer.MAX_VALUE;

  public Listing(long startedAt) {
    this.startedAt = startedAt;
  }

  /** Takes an announcement; true when it brought a new symbol. */
  public boolean hear(Directory directory) {
    heard.set(directory.shard());
    expected = directory.shards();
    boolean fresh = false;
    for (String symbol : directory.symbols()) {
      Integer before = shards.put(symbol, directory.shard());
      fresh |= before == null;
    }
    return fresh;
  }

  @Nullable
  public Integer shard(String symbol) {
    return shards.get(symbol);
  }

  public Set<String> symbols() {
    return shards.keySet();
  }

  /** Whether a symbol that is not here now is unknown for good. */
  public boolean settled(long nanos) {
    return heard.cardinality() >= expected || nanos - startedAt > SETTLING;
  }
}
