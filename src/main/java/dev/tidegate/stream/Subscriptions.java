package dev.tidegate.stream;

import dev.tidegate.bus.Commands.PrivateEvents;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out subscribe and unsubscribe. A request is done as a whole or refused as a whole; it is
 * acknowledged when every channel's state is here, and the data follows the acknowledgement.
 */
final class Subscriptions {
  private final Hub hub;

  /** Requests that wait for the directory, just after the start. */
  private final List<Parked> parked = new ArrayList<>();

  private record Parked(Session session, Op.Subscribe op) {}

  /** A private channel's first answer, to be sent after the acknowledgement. */
  private record Begun(String channel, PrivateEvents events) {}

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

  Subscriptions(Hub hub) {
    this.hub = hub;
    hub.onNewSymbols(this::newSymbols);
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
    int most = session.tier.subscriptions();
    if (count > most) {
      throw new Refusal(Refusal.LIMIT, "subscriptions: more than " + most + " on this connection");
    }
    for (Op.Wanted wanted : op.channels()) {
      Op.Key key = wanted.key();
      if (key.market() == null || key.wildcard() || hub.listing().shard(key.symbol()) != null) {
        continue;
      }
      if (hub.listing().settled(hub.loop().nanos())) {
        throw new Refusal(Refusal.UNKNOWN_SYMBOL, "symbol: \"" + key.symbol() + "\" is not known");
      }
      park(session, op);
      return;
    }
    begin(new Request(session, op));
  }

  /** Of what came with all symbols, that which the session may still have. */
  private Op.Subscribe stillThere(Session session, Op.Subscribe op) {
    boolean settled = hub.listing().settled(hub.loop().nanos());
    Set<Op.Key> all = new HashSet<>();
    for (Op.Wanted wanted : op.channels()) {
      if (wanted.key().wildcard()) {
        all.add(wanted.key());
      }
    }
    List<Op.Wanted> channels = new ArrayList<>(op.channels().size());
    for (Op.Wanted wanted : op.channels()) {
      Op.Key key = wanted.key();
      boolean gone = settled && hub.listing().shard(key.symbol()) == null;
      boolean dropped =
          op.expanded().contains(key)
              && (gone
                  || !all.contains(key.of(Op.Key.ALL))
                  || !session.tier.mayFollow(key.name(), key.symbol()));
      if (!dropped) {
        channels.add(wanted);
      }
    }
    return new Op.Subscribe(op.id(), channels, op.expanded());
  }

  private void allow(Session session, Op.Key key) throws Refusal {
    if (Protocol.needsIdentity(key, session.identity)) {
      throw new Refusal(Refusal.UNAUTHENTICATED, key.name() + ": log in first");
    }
    if (key.market() == null) {
      return;
    }
    boolean allowed =
        key.wildcard()
            ? session.tier.allSymbols() && session.tier.mayFollowChannel(key.name())
            : session.tier.mayFollow(key.name(), key.symbol());
    if (!allowed) {
      throw new Refusal(
          Refusal.NOT_ENTITLED, key.name() + " of " + key.symbol() + ": not for this tier");
    }
  }

  private void park(Session session, Op.Subscribe op) {
    parked.add(new Parked(session, op));
    hub.loop().schedule(this::unpark, 500_000_000L);
  }

  private void unpark() {
    List<Parked> again = List.copyOf(parked);
    parked.clear();
    for (Parked one : again) {
      if (!one.session.open()) {
        continue;
      }
      try {
        subscribe(one.session, one.op);
      } catch (Refusal refusal) {
        one.session.control(hub.replies().error(refusal.answering("subscribe", one.op.id())));
      }
    }
  }

  private void newSymbols() {
    unpark();
    for (Session session : List.copyOf(hub.sessions().values())) {
      for (Subscription all : List.copyOf(session.subscriptions())) {
        if (all.wanted.key().wildcard()) {
          expand(session, all.wanted);
        }
      }
    }
  }

  private void begin(Request request) {
    for (Op.Wanted wanted : request.op.channels()) {
      remove(request.session, wanted.key());
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
    Integer shard = hub.listing().shard(symbol);
    if (shard == null) {
      return null;
    }
    Instrument instrument = hub.shards().instrument(symbol, shard);
    instrument.use();
    subscription.instrument = instrument;
    return instrument;
  }

  private void followPrivate(Request request, Subscription subscription) {
    request.missing++;
    Op.Wanted wanted = subscription.wanted;
    String channel = wanted.key().name();
    hub.privates()
        .follow(request.session, channel, wanted.since())
        .onSuccess(
            events -> {
              Op.Since since = wanted.since();
              subscription.epoch = events.epoch();
              subscription.seq = events.lastSeq();
              subscription.recovered =
                  since != null && events.recovered() && since.epoch().equals(events.epoch());
              request.begun.add(new Begun(channel, events));
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
    if (request.failed) {
      request.subscriptions.forEach(one -> remove(session, one.wanted.key()));
      Refusal refusal = new Refusal(Refusal.UNAVAILABLE, "private channels cannot be read now");
      session.control(hub.replies().error(refusal.answering("subscribe", request.op.id())));
      return;
    }
    List<Lane> changed = new ArrayList<>(1);
    for (Subscription subscription : request.subscriptions) {
      attach(session, subscription, changed);
    }
    session.control(hub.replies().subscribed(request.op.id(), request.subscriptions));
    for (Begun begun : request.begun) {
      hub.privates().begin(session, begun.channel, begun.events);
    }
    changed.forEach(session::place);
    session.again();
    for (Subscription subscription : request.subscriptions) {
      if (subscription.wanted.key().wildcard()) {
        expand(session, subscription.wanted);
      }
    }
  }

  /** Gives the subscription its topic and its lane, unless it has been given up meanwhile. */
  private void attach(Session session, Subscription subscription, List<Lane> changed) {
    if (session.subscription(subscription.wanted.key()) == subscription) {
      Lane lane = Entrance.attach(session, subscription, hub.fanout());
      if (lane != null && !changed.contains(lane)) {
        changed.add(lane);
      }
    }
  }

  /** Adds what a subscription to all symbols does not have yet. */
  private void expand(Session session, Op.Wanted all) {
    List<Subscription> fresh = new ArrayList<>();
    for (String symbol : hub.listing().symbols()) {
      Op.Key key = all.key().of(symbol);
      if (session.subscription(key) == null && session.tier.mayFollow(key.name(), symbol)) {
        Op.Wanted one = new Op.Wanted(key, all.window(), all.meta(), all.checksum(), null);
        fresh.add(session.subscribed(key, new Subscription(one, true)));
      }
    }
    for (Subscription subscription : fresh) {
      Instrument instrument = instrument(subscription);
      if (instrument != null) {
        instrument.whenReady(() -> late(session, subscription));
      }
    }
  }

  private void late(Session session, Subscription subscription) {
    List<Lane> changed = new ArrayList<>(1);
    if (session.open()) {
      attach(session, subscription, changed);
      changed.forEach(session::place);
      session.again();
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
    for (Op.Key key : keys) {
      remove(session, key);
    }
    session.control(hub.replies().unsubscribed(op.id(), keys));
  }

  /** Ends one subscription, if there is one; with all symbols, all that came with it. */
  void remove(Session session, Op.Key key) {
    Subscription subscription = session.subscription(key);
    if (subscription == null) {
      return;
    }
    session.unsubscribed(key);
    hub.release(subscription, hub.loop().nanos());
    if (key.market() == null) {
      hub.privates().leave(session, key.name());
    } else if (key.wildcard()) {
      collapse(session, key);
    }
    Lane lane = subscription.lane;
    Topic topic = subscription.topic;
    if (lane != null && topic != null) {
      lane.remove(topic);
      session.place(lane);
      session.again();
    }
  }

  private void collapse(Session session, Op.Key all) {
    List<Op.Key> gone = new ArrayList<>();
    for (Iterator<Subscription> each = session.subscriptions().iterator(); each.hasNext(); ) {
      Subscription one = each.next();
      if (one.expanded && one.wanted.key().of(Op.Key.ALL).equals(all)) {
        gone.add(one.wanted.key());
      }
    }
    gone.forEach(key -> remove(session, key));
  }
}
