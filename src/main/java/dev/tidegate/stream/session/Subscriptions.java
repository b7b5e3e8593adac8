package dev.tidegate.stream.session;

import dev.tidegate.bus.Listing;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Shards;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Carries out subscribe and unsubscribe. A request is done as a whole or refused as a whole; {@link
 * Arrivals} acknowledges it. All symbols is a set with exceptions: what the client has given up of
 * it does not come back by itself.
 */
public final class Subscriptions {
  private final Loop loop;
  private final Listing listing;
  private final PrivateStreams privates;
  private final Replies replies;
  private final Sessions sessions;
  private final Parked parked;
  private final Arrivals arrivals;

  public Subscriptions(
      Loop loop,
      Fanout fanout,
      Listing listing,
      Shards shards,
      PrivateStreams privates,
      Replies replies,
      Sessions sessions) {
    this.loop = loop;
    this.listing = listing;
    this.privates = privates;
    this.replies = replies;
    this.sessions = sessions;
    this.parked = new Parked(loop, this::again);
    this.arrivals = new Arrivals(loop, fanout, listing, shards, privates, replies, new Own());
  }

  /** What arrivals ask for. */
  private final class Own implements Arrivals.Keeper {
    @Override
    public void remove(Session session, Op.Key key, Changes changes) {
      Subscriptions.this.remove(session, key, changes);
    }

    @Override
    public void expand(Session session, Subscription all, Changes changes) {
      Subscriptions.this.expand(session, all, changes);
    }
  }

  void subscribe(Session session, Op.Subscribe asked) throws Refusal {
    Op.Subscribe op = asked.expanded().isEmpty() ? asked : stillThere(session, asked);
    int count = session.set().asked();
    for (Op.Wanted wanted : op.channels()) {
      if (op.expanded().contains(wanted.key())) {
        continue;
      }
      allow(session, wanted.key());
      Subscription before = session.subscription(wanted.key());
      count += before == null || before.expanded ? 1 : 0;
    }
    int most = session.tier().subscriptions();
    if (count > most) {
      throw new Refusal(Refusal.LIMIT, "subscriptions: more than " + most + " on this connection");
    }
    for (Op.Wanted wanted : op.channels()) {
      Op.Key key = wanted.key();
      if (key.market() == null || key.wildcard() || listing.shard(key.symbol()) != null) {
        continue;
      }
      if (listing.settled(loop.nanos())) {
        throw new Refusal(Refusal.UNKNOWN_SYMBOL, "symbol: \"" + key.symbol() + "\" is not known");
      }
      parked.add(session, op);
      return;
    }
    arrivals.begin(session, op);
  }

  /** Of what came with all symbols, that which the session may still have. */
  private Op.Subscribe stillThere(Session session, Op.Subscribe op) {
    boolean settled = listing.settled(loop.nanos());
    Set<Op.Key> all = new HashSet<>();
    for (Op.Wanted wanted : op.channels()) {
      if (wanted.key().wildcard()) {
        all.add(wanted.key());
      }
    }
    List<Op.Wanted> channels = new ArrayList<>(op.channels().size());
    for (Op.Wanted wanted : op.channels()) {
      Op.Key key = wanted.key();
      boolean gone = settled && listing.shard(key.symbol()) == null;
      boolean dropped =
          op.expanded().contains(key)
              && (gone || !all.contains(key.of(Op.Key.ALL)) || !session.tier().allows(key));
      if (!dropped) {
        channels.add(wanted);
      }
    }
    return new Op.Subscribe(op.id(), channels, op.expanded(), op.excepted());
  }

  private void allow(Session session, Op.Key key) throws Refusal {
    if (Protocol.needsIdentity(key, session.identity())) {
      throw new Refusal(Refusal.UNAUTHENTICATED, key.name() + ": log in first");
    }
    if (!session.tier().allows(key)) {
      throw new Refusal(
          Refusal.NOT_ENTITLED, key.name() + " of " + key.symbol() + ": not for this tier");
    }
  }

  private void again(Session session, Op.Subscribe op) {
    try {
      subscribe(session, op);
    } catch (Refusal refusal) {
      session.control(replies.error(refusal.answering("subscribe", op.id())));
    }
  }

  /** There are symbols that were not known before. */
  public void newSymbols() {
    parked.retry();
    sessions.list().forEach(this::expandAll);
  }

  /** Adds what the subscriptions to all symbols do not have yet, and may have. */
  void expandAll(Session session) {
    Changes changes = new Changes();
    for (Subscription all : List.copyOf(session.subscriptions())) {
      if (all.wanted.key().wildcard()) {
        expand(session, all, changes);
      }
    }
    changes.place(session);
  }

  /** Adds what a subscription to all symbols does not have yet. */
  private void expand(Session session, Subscription whole, Changes changes) {
    Op.Wanted all = whole.wanted;
    for (String symbol : listing.symbols()) {
      Op.Key key = all.key().of(symbol);
      if (session.subscription(key) == null
          && !whole.except.contains(symbol)
          && session.tier().allows(key)) {
        Op.Wanted one = new Op.Wanted(key, all.window(), all.meta(), all.checksum(), null);
        arrivals.follow(session, session.subscribed(key, new Subscription(one, true)), changes);
      }
    }
  }

  void unsubscribe(Session session, Op.Unsubscribe op) throws Refusal {
    List<Op.Key> keys = new ArrayList<>();
    for (Op.Wanted wanted : op.channels()) {
      if (session.subscription(wanted.key()) == null) {
        throw new Refusal(
            Refusal.NOT_SUBSCRIBED,
            wanted.key().name() + " " + wanted.key().symbol() + ": not subscribed");
      }
      keys.add(wanted.key());
    }
    remove(session, keys);
    for (Op.Key key : keys) {
      Subscription all = session.subscription(key.of(Op.Key.ALL));
      if (all != null && !key.wildcard()) {
        all.except.add(key.symbol());
      }
    }
    session.control(replies.unsubscribed(op.id(), keys));
  }

  void remove(Session session, List<Op.Key> keys) {
    Changes changes = new Changes();
    for (Op.Key key : keys) {
      remove(session, key, changes);
    }
    changes.place(session);
  }

  /** Ends one subscription, if there is one; with all symbols, all that came with it. */
  private void remove(Session session, Op.Key key, Changes changes) {
    Subscription subscription = session.subscription(key);
    if (subscription == null) {
      return;
    }
    session.unsubscribed(key);
    subscription.release(loop.nanos());
    if (key.market() == null) {
      privates.leave(session, key.name());
    } else if (key.wildcard()) {
      collapse(session, key, changes);
    }
    Lane lane = subscription.lane;
    Topic topic = subscription.topic;
    if (lane != null && topic != null) {
      changes.loses(lane, topic);
    }
  }

  private void collapse(Session session, Op.Key all, Changes changes) {
    List<Op.Key> gone = new ArrayList<>();
    for (Subscription one : session.subscriptions()) {
      if (one.expanded && one.wanted.key().of(Op.Key.ALL).equals(all)) {
        gone.add(one.wanted.key());
      }
    }
    gone.forEach(key -> remove(session, key, changes));
  }
}
