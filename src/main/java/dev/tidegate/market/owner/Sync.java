package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.Shard.Taken;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a follower's shard equal to its owner's: applies batches, asks for what is missing, and
 * when that is no longer kept asks for every symbol. States of symbols are each as of their own
 * shard sequence; the updates since the lowest of them make them one.
 */
public final class Sync {
  private static final int HELD = 2_000;
  private static final long PATIENCE_MILLIS = 1_000;

  /** How far the owner had come when it last spoke. */
  private record Said(String epoch, String node, long next) {}

  /**
   * An owner's directory.
   *
   * @param complete a symbol that it does not have first appears from this shard sequence on: what
   *     one node says arrives in order
   */
  private record Listing(Directory directory, long complete) {
    List<String> symbols() {
      return directory.symbols();
    }
  }

  private final Shard shard;
  private final Peers peers;
  private final Deque<Batch> held = new ArrayDeque<>();
  private @Nullable Listing listing;
  private boolean synced;
  private boolean whole;
  private String seenEpoch = "";
  private long seen;
  private Said said = new Said("", "", 0);
  private long attempt;
  private long askedAt = Long.MIN_VALUE;

  Sync(Shard shard, Peers peers, boolean synced) {
    this.shard = shard;
    this.peers = peers;
    this.synced = synced;
  }

  /** Whether this replica could continue what its owner has said so far, as far as was heard. */
  boolean synced() {
    return synced;
  }

  /** An owner's present batch of a term that is not outdated. */
  void hear(Batch batch, long now) {
    seen = batch.epoch().equals(seenEpoch) ? Math.max(seen, batch.next()) : batch.next();
    seenEpoch = batch.epoch();
    said = new Said(batch.epoch(), batch.node(), batch.next());
    Taken taken = shard.absorb(batch);
    if (taken == Taken.OTHER_EPOCH && batch.first() == 0) {
      shard.begin(batch.epoch());
      shard.absorb(batch);
      settled();
    } else if (taken == Taken.OTHER_EPOCH) {
      lose(true);
    } else if (taken == Taken.GAP) {
      hold(batch);
      lose(false);
    } else if (shard.torn()) {
      lose(true);
    } else if (!whole && shard.next() >= seen) {
      settled();
    }
    pursue(now);
  }

  void hear(Directory heard, long now) {
    if (heard.epoch().equals(said.epoch()) && heard.node().equals(said.node())) {
      listing = new Listing(heard, said.next());
      pursue(now);
    }
  }

  void tick(long now) {
    pursue(now);
  }

  /** What this replica has may be of another numbering than what it will hear. */
  void doubt() {
    lose(true);
  }

  /** What this replica has is what it will hear. */
  void trust() {
    seenEpoch = shard.epoch();
    seen = shard.next();
    settled();
  }

  /** The shard is somebody else's to change from now on: what is still on its way is not taken. */
  void leave() {
    attempt++;
    askedAt = Long.MIN_VALUE;
    held.clear();
  }

  private void settled() {
    synced = true;
    whole = false;
    attempt++;
    askedAt = Long.MIN_VALUE;
    held.clear();
  }

  private void lose(boolean all) {
    if (synced || (all && !whole)) {
      attempt++;
      askedAt = Long.MIN_VALUE;
    }
    synced = false;
    whole |= all;
  }

  private void hold(Batch batch) {
    if (held.size() == HELD) {
      held.clear();
    }
    held.add(batch);
  }

  /** Asks again for what is missing unless an answer may still come. */
  private void pursue(long now) {
    if (synced || (askedAt != Long.MIN_VALUE && now - askedAt < PATIENCE_MILLIS)) {
      return;
    }
    if (whole) {
      restore(now);
    } else if (shard.next() < seen) {
      askMissed(now);
    }
  }

  private void askMissed(long now) {
    askedAt = now;
    long mine = ++attempt;
    peers
        .ask(new CatchUp(shard.index, null, shard.epoch(), shard.next()))
        .onSuccess(answer -> caughtUp(mine, answer, now))
        .onFailure(e -> {}); // asked again when patience ends
  }

  private void caughtUp(long mine, CaughtUp answer, long now) {
    if (mine != attempt) {
      return;
    }
    askedAt = Long.MIN_VALUE;
    Batch missed = answer.missed();
    if (missed == null) {
      lose(true);
    } else {
      shard.absorb(missed);
      seen = Math.max(seen, missed.next());
      boolean more = !missed.updates().isEmpty();
      while (!held.isEmpty() && shard.absorb(held.peek()) != Taken.GAP) {
        held.poll();
      }
      if (shard.torn()) {
        lose(true);
      } else if (shard.next() >= seen) {
        settled();
        return;
      } else if (!more) {
        askedAt = now;
        return;
      }
    }
    pursue(now);
  }

  private void restore(long now) {
    askedAt = now;
    long mine = ++attempt;
    Listing from = listing;
    if (from == null || from.symbols().isEmpty()) {
      listing = null;
      peers.wantDirectories();
      askedAt = now - PATIENCE_MILLIS / 2;
      return;
    }
    collect(mine, from, new ArrayList<>(), now);
  }

  private void collect(long mine, Listing from, List<SymbolState> states, long now) {
    if (mine != attempt) {
      return;
    }
    String epoch = from.directory().epoch();
    if (!epoch.equals(seenEpoch)) {
      listing = null;
      return;
    }
    if (states.size() == from.symbols().size()) {
      // A symbol that the directory does not have yet came after what was seen before it.
      shard.restore(epoch, states, from.complete());
      for (SymbolState state : states) {
        seen = Math.max(seen, state.next()); // until then the symbols are as of different times
      }
      whole = false;
      listing = null;
      askMissed(now);
      return;
    }
    String symbol = from.symbols().get(states.size());
    ask(symbol)
        .onSuccess(
            state -> {
              if (state != null && state.epoch().equals(epoch)) {
                askedAt = Math.max(askedAt, now);
                states.add(state);
                collect(mine, from, states, now);
              } else {
                listing = null;
              }
            })
        .onFailure(e -> listing = null);
  }

  private Future<@Nullable SymbolState> ask(String symbol) {
    return peers.ask(new CatchUp(shard.index, symbol, null, 0)).map(CaughtUp::state);
  }
}
