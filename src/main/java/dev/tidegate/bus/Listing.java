package dev.tidegate.bus;

import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Spell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which symbols there are and which shard each belongs to, as the owners of shards announce it. An
 * owner that numbers anew may list symbols one by one at first: what it does not list after a while
 * is gone. This is the only place that says whose a symbol is which several shards list (see {@link
 * #owner}), so that all who heard the same say the same. For one event loop.
 */
public final class Listing {
  /** How long after the start a symbol may still turn up. */
  private static final long SETTLING = 3_000_000_000L;

  /** How long a new numbering has to list what the one before it listed. */
  private static final long RELISTING = 5_000_000_000L;

  /** How long the owner of a symbol may be told nothing of it while another shard is. */
  private static final long DEAD_MICROS = 30_000_000L;

  private final long startedAt;
  private final Map<String, Integer> owners = new TreeMap<>();
  private final Map<Integer, Listed> listed = new TreeMap<>();
  private final Set<String> contested = new HashSet<>();
  private int expected = Integer.MAX_VALUE;

  /** What one shard's owner lists under one numbering. */
  private static final class Listed {
    final int shard;
    final String epoch;
    final long since;
    Set<String> symbols = Set.of();

    /** What the numbering before it listed, until this one has had its time. */
    Set<String> before;

    Map<String, Spell> spells = Map.of();
    long heardAt;

    Listed(int shard, String epoch, long since, Set<String> before) {
      this.shard = shard;
      this.epoch = epoch;
      this.since = since;
      this.before = before;
    }

    boolean has(String symbol) {
      return symbols.contains(symbol) || before.contains(symbol);
    }
  }

  /** A symbol that is not listed any longer. */
  public record Gone(String symbol, int shard, String epoch) {}

  /**
   * What an announcement has changed.
   *
   * @param fresh it brought a new symbol
   * @param moved a symbol belongs to another shard now
   * @param contested the symbols that more than one shard lists since now
   */
  public record Heard(boolean fresh, boolean moved, List<String> contested) {
    /** Whether subscribers have to be placed anew. */
    public boolean changed() {
      return fresh || moved;
    }
  }

  public Listing(long startedAt) {
    this.startedAt = startedAt;
  }

  /** Takes an announcement. */
  public Heard hear(Directory directory, long nanos) {
    int shard = directory.shard();
    Listed now = listed.get(shard);
    if (now == null || !now.epoch.equals(directory.epoch())) {
      Set<String> before = now == null ? Set.of() : union(now.before, now.symbols);
      now = new Listed(shard, directory.epoch(), nanos, before);
      listed.put(shard, now);
    }
    now.symbols = Set.copyOf(directory.symbols());
    now.heardAt = nanos;
    now.spells = bySymbol(directory.contested());
    expected = directory.shards();
    boolean fresh = false;
    List<String> also = new ArrayList<>(0);
    for (String symbol : directory.symbols()) {
      Integer owner = owners.putIfAbsent(symbol, shard);
      fresh |= owner == null;
      if (owner != null && owner != shard && contested.add(symbol)) {
        also.add(symbol);
      }
    }
    return new Heard(fresh, contested.size() > 0 && judge(now), also);
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  private static Map<String, Spell> bySymbol(List<Spell> spells) {
    Map<String, Spell> by = HashMap.newHashMap(spells.size());
    spells.forEach(spell -> by.put(spell.symbol(), spell));
    return by;
  }

  /** Decides anew on what the shard and others list; true when a symbol moved. */
  private boolean judge(Listed about) {
    boolean moved = false;
    for (String symbol : List.copyOf(contested)) {
      if (about.has(symbol)) {
        moved |= judge(symbol);
      }
    }
    return moved;
  }

  private boolean judge(String symbol) {
    List<Listed> listing = listing(symbol);
    if (listing.size() < 2) {
      contested.remove(symbol);
    }
    if (listing.isEmpty() || !isTold(symbol, listing)) {
      return false; // whose it is by the rule is known when all say what they were told of it
    }
    int owner = owner(symbol, listing);
    Integer before = owners.put(symbol, owner);
    return before != null && before != owner;
  }

  /** The shards that list the symbol; where none does, those that did. */
  private List<Listed> listing(String symbol) {
    List<Listed> now = new ArrayList<>(2);
    List<Listed> earlier = new ArrayList<>(0);
    for (Listed each : listed.values()) {
      if (each.symbols.contains(symbol)) {
        now.add(each);
      } else if (each.before.contains(symbol)) {
        earlier.add(each);
      }
    }
    return now.isEmpty() ? earlier : now;
  }

  private static boolean isTold(String symbol, List<Listed> listing) {
    return listing.size() == 1
        || listing.stream().allMatch(each -> each.spells.containsKey(symbol));
  }

  /**
   * The rule: of the shards that list a symbol it belongs to the lowest, but not to one whose last
   * event of it came before the first of another (the symbol has moved there, as it does when
   * partitions are added), and not to one that is told nothing while another has been for half a
   * minute.
   */
  private static int owner(String symbol, List<Listed> listing) {
    long newest = Long.MIN_VALUE;
    for (Listed each : listing) {
      Spell spell = each.spells.get(symbol);
      newest = spell == null ? newest : Math.max(newest, spell.last());
    }
    for (Listed each : listing) {
      Spell spell = each.spells.get(symbol);
      if (spell != null && spell.last() >= newest - DEAD_MICROS && !left(spell, listing)) {
        return each.shard;
      }
    }
    return listing.getFirst().shard;
  }

  private static boolean left(Spell spell, List<Listed> listing) {
    for (Listed other : listing) {
      Spell later = other.spells.get(spell.symbol());
      if (later != null && later.first() > spell.last()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Forgets, and gives, the symbols that a new numbering has not listed in its time, and those of
   * shards that there are no longer. Called about once a second.
   */
  public List<Gone> check(long nanos) {
    List<Gone> gone = new ArrayList<>(0);
    for (Listed each : List.copyOf(listed.values())) {
      boolean ended = each.shard >= expected && nanos - each.heardAt > RELISTING;
      if (ended) {
        listed.remove(each.shard);
        end(each, each.symbols, gone);
      }
      if (ended || (!each.before.isEmpty() && nanos - each.since > RELISTING)) {
        Set<String> before = each.before;
        each.before = Set.of();
        end(each, before, gone);
      }
    }
    return gone;
  }

  private void end(Listed of, Set<String> symbols, List<Gone> gone) {
    for (String symbol : symbols) {
      Integer owner = owners.get(symbol);
      if (owner != null && listing(symbol).isEmpty()) {
        owners.remove(symbol);
        contested.remove(symbol);
        gone.add(new Gone(symbol, owner, of.epoch));
      } else if (owner != null) {
        judge(symbol);
      }
    }
  }

  /** Where the symbol is to be had; null when there is none. */
  public @Nullable Integer shard(String symbol) {
    return owners.get(symbol);
  }

  /** Every symbol that there is, in order. */
  public Set<String> symbols() {
    return owners.keySet();
  }

  /** The symbols that more than one shard lists. */
  public Set<String> contested() {
    return contested;
  }

  /** Whether the symbol belongs to another shard than this one. */
  public boolean isElsewhere(String symbol, int shard) {
    return contested.contains(symbol) && !Integer.valueOf(shard).equals(owners.get(symbol));
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
