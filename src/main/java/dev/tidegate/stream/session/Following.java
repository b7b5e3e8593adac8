package dev.tidegate.stream.session;

import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.topic.Topic;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client follows. */
public abstract class Following {
  private final StreamMeters meters;
  private final Topic.Versions versions;
  private Map<Op.Key, Subscription> subscriptions = Map.of();
  private int asked;
  private long lastLeft;

  Following(StreamMeters meters, Topic.Versions versions) {
    this.meters = meters;
    this.versions = versions;
  }

  final int subscriptionCount() {
    return asked;
  }

  public final Subscription subscribed(Op.Key key, Subscription subscription) {
    if (subscriptions.isEmpty()) {
      subscriptions = new LinkedHashMap<>(4);
    }
    subscriptions.put(key, subscription);
    asked += subscription.expanded ? 0 : 1;
    meters.subscriptions(1);
    return subscription;
  }

  public final @Nullable Subscription subscription(Op.Key key) {
    return subscriptions.get(key);
  }

  public final Collection<Subscription> subscriptions() {
    return subscriptions.values();
  }

  public final void unsubscribed(Op.Key key) {
    Subscription old = subscriptions.remove(key);
    if (old != null) {
      lastLeft = versions.current();
      asked -= old.expanded ? 0 : 1;
      meters.subscriptions(-1);
    }
  }

  /** The fan-out's version when it gave up a subscription last, 0 when it never did. */
  final long lastLeft() {
    return lastLeft;
  }

  public final boolean follows(Replica replica) {
    for (Subscription subscription : subscriptions.values()) {
      Instrument instrument = subscription.instrument;
      if (instrument != null && replica.instruments().get(instrument.symbol) == instrument) {
        return true;
      }
    }
    return false;
  }

  /** The client is gone. */
  final void followsNothing() {
    meters.subscriptions(-subscriptions.size());
    subscriptions = Map.of();
  }
}
