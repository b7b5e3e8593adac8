package dev.tidegate.stream.session;

import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Replica;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one client follows, in the order in which it began. */
final class SubscriptionSet {
  private Map<Op.Key, Subscription> all = Map.of();
  private int asked;
  private long lastLeft;
  private long lastUsed;

  /** Since when there has been none, as far as anybody has asked; now while there is one. */
  long idleSince(long millis) {
    if (!all.isEmpty()) {
      lastUsed = millis;
    }
    return lastUsed;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  int size() {
    return all.size();
  }

  /** Without those that came with all symbols. */
  int asked() {
    return asked;
  }

  Collection<Subscription> all() {
    return all.values();
  }

  @Nullable Subscription get(Op.Key key) {
    return all.get(key);
  }

  void add(Op.Key key, Subscription subscription) {
    if (all.isEmpty()) {
      all = new LinkedHashMap<>(4);
    }
    all.put(key, subscription);
    asked += subscription.expanded ? 0 : 1;
  }

  /** Takes it out, at the fan-out's version; false when it is not there. */
  boolean remove(Op.Key key, long version) {
    Subscription old = all.remove(key);
    if (old == null) {
      return false;
    }
    lastLeft = version;
    asked -= old.expanded ? 0 : 1;
    return true;
  }

  /** The fan-out's version when the last one was taken out, 0 when none ever was. */
  long lastLeft() {
    return lastLeft;
  }

  boolean follow(Replica replica) {
    for (Subscription subscription : all.values()) {
      Instrument instrument = subscription.instrument;
      if (instrument != null && replica.instruments().get(instrument.symbol) == instrument) {
        return true;
      }
    }
    return false;
  }

  void clear() {
    all = Map.of();
  }
}
