package dev.tidegate.stream.session;

import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Listing;
import dev.tidegate.stream.shard.Shards;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out subscribe and unsubscribe. A request is done as a whole or refused as a whole; it is
 * acknowledged when every channel's state is here, and the data follows the acknowledgement.
 */
public final class Subscriptions {
  /** What gets its state late is let in at once, but in so many nanoseconds only once. */
  private static final long GATHER = 10_000_000L;

  private final Loop loop;
  private final Fanout fanout;
  private final Listing listing;
  private final Shards shards;
  private final PrivateStreams privates;
  private final Replies replies;
  private final Sessions sessions;
  private final Parked parked;

  /** What came with all symbols and got its state after the acknowledgement. */
  private Map<Session, List<Subscription>> late = new LinkedHashMap<>();

  private long lateAt;

  /** A private channel's first answer, to be sent after the acknowledgement. */
  private record Begun(PrivateStreams.Bookmark bookmark, PrivateEvents events) {}

  /** One request on its way. */
  private static final class Request {
    final Session session;
    final Op.Subscribe op;
    final List<Subscription> subscriptions = new ArrayList<>();
    final List<Begun> begun = new ArrayList<>(0);
    int missing = 1;
    boolean failed;

    Request(Session session, Op.Subscribe op) {
      this.session = session;
      this.op = op;
    }
  }

  public Subscriptions(
      Loop loop,
      Fanout fanout,
      Listing listing,
      Shards shards,
      PrivateStreams privates,
      Replies replies,
      Sessions sessions) {
    this.loop = loop;
    this.fanout = fanout;
    this.listing = listing;
    this.shards = shards;
    this.privates = privates;
    this.replies = replies;
    this.sessions = sessions;
    this.parked = new Parked(loop, this::again);
    this.lateAt = loop.nanos() - GATHER;
  }

  void subscribe(Session session, Op.Subscribe asked) throws Refusal {
    Op.Subscribe op = asked.expanded().isEmpty() ? asked : stillThere(session, asked);
    int count = session.subscriptionCount();
    for (Op.Wanted wanted : op.channels()) {
      if (op.expanded().contains(wanted.key())) {
        continue;
      }
      allow(session, wanted.key());
      count += session.subscription(wanted.key()) == null ? 1 : 0;
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
    begin(new Request(session, op));
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
              && (gone
                  || !all.contains(key.of(Op.Key.ALL))
                  || !session.tier().mayFollow(key.name(), key.symbol()));
      if (!dropped) {
        channels.add(wanted);
      }
    }
    return new Op.Subscribe(op.id(), channels, op.expanded());
  }

  private void allow(Session session, Op.Key key) throws Refusal {
    if (Protocol.needsIdentity(key, session.identity())) {
      throw new Refusal(Refusal.UNAUTHENTICATED, key.name() + ": log in first");
    }
    if (key.market() == null) {
      return;
    }
    boolean allowed =
        key.wildcard()
            ? session.tier().allSymbols() && session.tier().mayFollowChannel(key.name())
            : session.tier().mayFollow(key.name(), key.symbol());
    if (!allowed) {
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
    for (Session session : sessions.list()) {
      Changes changes = new Changes();
      for (Subscription all : List.copyOf(session.subscriptions())) {
        if (all.wanted.key().wildcard()) {
          expand(session, all.wanted, changes);
        }
      }
      changes.place(session);
    }
  }

  private void begin(Request request) {
    Changes changes = new Changes();
    for (Op.Wanted wanted : request.op.channels()) {
      remove(request.session, wanted.key(), changes);
      Subscription subscription =
          request.session.subscribed(
              wanted.key(), new Subscription(wanted, request.op.expanded().contains(wanted.key())));
      request.subscriptions.add(subscription);
      if (wanted.key().market() == null) {
        followPrivate(request, subscription);
      } else if (!wanted.key().wildcard()) {
        await(request, subscription);
      }
    }
    changes.place(request.session);
    arrived(request);
  }

  private void await(Request request, Subscription subscription) {
    Instrument instrument = instrument(subscription);
    if (instrument != null) {
      request.missing++;
      instrument.whenReady(() -> arrived(request));
    }
  }

  private @Nullable Instrument instrument(Subscription subscription) {
    String symbol = subscription.wanted.key().symbol();
    Integer shard = listing.shard(symbol);
    if (shard == null) {
      return null;
    }
    Instrument instrument = shards.instrument(symbol, shard);
    instrument.use();
    subscription.instrument = instrument;
    return instrument;
  }

  private void followPrivate(Request request, Subscription subscription) {
    request.missing++;
    Op.Wanted wanted = subscription.wanted;
    PrivateStreams.Bookmark bookmark = privates.bookmark(request.session, wanted.key().name());
    privates
        .follow(bookmark, wanted.since())
        .onSuccess(
            events -> {
              Op.Since since = wanted.since();
              subscription.epoch = events.epoch();
              subscription.seq = events.lastSeq();
              subscription.recovered =
                  since != null && events.recovered() && since.epoch().equals(events.epoch());
              request.begun.add(new Begun(bookmark, events));
              arrived(request);
            })
        .onFailure(
            failure -> {
              request.failed = true;
              arrived(request);
            });
  }

  private void arrived(Request request) {
    if (--request.missing > 0 || !request.session.open()) {
      return;
    }
    Session session = request.session;
    Changes changes = new Changes();
    if (request.failed) {
      giveUp(request, changes);
      changes.place(session);
      Refusal refusal = new Refusal(Refusal.UNAVAILABLE, "private channels cannot be read now");
      session.control(replies.error(refusal.answering("subscribe", request.op.id())));
      return;
    }
    for (Subscription subscription : request.subscriptions) {
      attach(session, subscription, changes);
    }
    session.control(
        replies.subscribed(
            request.op.id(), request.subscriptions.stream().map(Subscription::told).toList()));
    for (Begun begun : request.begun) {
      privates.begin(begun.bookmark, begun.events);
    }
    for (Subscription subscription : request.subscriptions) {
      if (subscription.wanted.key().wildcard() && current(session, subscription)) {
        expand(session, subscription.wanted, changes);
      }
    }
    changes.place(session);
  }

  /** What a later request has replaced is not this one's to remove. */
  private void giveUp(Request request, Changes changes) {
    for (Subscription subscription : request.subscriptions) {
      if (current(request.session, subscription)) {
        remove(request.session, subscription.wanted.key(), changes);
      }
    }
  }

  private static boolean current(Session session, Subscription subscription) {
    return session.subscription(subscription.wanted.key()) == subscription;
  }

  /** Gives the subscription its topic and its lane, unless it has been given up meanwhile. */
  private void attach(Session session, Subscription subscription, Changes changes) {
    if (current(session, subscription)) {
      Lane lane = Joining.attach(session, subscription, fanout);
      if (lane != null) {
        changes.gained(lane);
      }
    }
  }

  /** Adds what a subscription to all symbols does not have yet. */
  private void expand(Session session, Op.Wanted all, Changes changes) {
    for (String symbol : listing.symbols()) {
      Op.Key key = all.key().of(symbol);
      if (session.subscription(key) == null && session.tier().mayFollow(key.name(), symbol)) {
        Op.Wanted one = new Op.Wanted(key, all.window(), all.meta(), all.checksum(), null);
        follow(session, session.subscribed(key, new Subscription(one, true)), changes);
      }
    }
  }

  private void follow(Session session, Subscription subscription, Changes changes) {
    Instrument instrument = instrument(subscription);
    if (instrument != null && instrument.ready()) {
      attach(session, subscription, changes);
    } else if (instrument != null) {
      instrument.whenReady(() -> late(session, subscription));
    }
  }

  private void late(Session session, Subscription subscription) {
    if (late.isEmpty()) {
      long wait = lateAt + GATHER - loop.nanos();
      if (wait > 0) {
        loop.after(wait, this::attachLate);
      } else {
        loop.execute(this::attachLate);
      }
    }
    late.computeIfAbsent(session, k -> new ArrayList<>()).add(subscription);
  }

  private void attachLate() {
    Map<Session, List<Subscription>> gathered = late;
    late = new LinkedHashMap<>();
    lateAt = loop.nanos();
    gathered.forEach(
        (session, subscriptions) -> {
          if (session.open()) {
            Changes changes = new Changes();
            subscriptions.forEach(one -> attach(session, one, changes));
            changes.place(session);
          }
        });
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
