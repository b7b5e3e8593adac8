package dev.tidegate.stream.session;

import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Numbering;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Shards;
import dev.tidegate.stream.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests on their way: acknowledged when every channel's state is here, or soon with what is; the
 * data follows the acknowledgement, and what comes later is acknowledged once more.
 */
final class Arrivals {
  /** What gets its state late is let in at once, but in so many nanoseconds only once. */
  private static final long GATHER = 10_000_000L;

  /** What is not here by then is acknowledged as pending, and once more when it is. */
  private static final Duration ANSWER = Duration.ofMillis(1_500);

  private final Loop loop;
  private final Fanout fanout;
  private final Listing listing;
  private final Shards shards;
  private final PrivateStreams privates;
  private final Replies replies;
  private final Keeper keeper;

  /** What got its state after the acknowledgement. */
  private Map<Session, List<Late>> late = new LinkedHashMap<>();

  private long lateAt;

  /**
   * @param request that is owed a second acknowledgement; null for what came with all symbols
   */
  private record Late(Subscription subscription, @Nullable Request request) {}

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
    boolean answered;

    Request(Session session, Op.Subscribe op) {
      this.session = session;
      this.op = op;
    }
  }

  /** Who holds the subscriptions. */
  interface Keeper {
    /** Ends one, if there is one; with all symbols, all that came with it. */
    void remove(Session session, Op.Key key, Changes changes);

    /** Adds what a subscription to all symbols does not have yet. */
    void expand(Session session, Subscription all, Changes changes);
  }

  Arrivals(
      Loop loop,
      Fanout fanout,
      Listing listing,
      Shards shards,
      PrivateStreams privates,
      Replies replies,
      Keeper keeper) {
    this.loop = loop;
    this.fanout = fanout;
    this.listing = listing;
    this.shards = shards;
    this.privates = privates;
    this.replies = replies;
    this.keeper = keeper;
    this.lateAt = loop.nanos() - GATHER;
  }

  /** Begins what was found to be allowed. */
  void begin(Session session, Op.Subscribe op) {
    Request request = new Request(session, op);
    Changes changes = new Changes();
    for (Op.Wanted wanted : request.op.channels()) {
      keeper.remove(request.session, wanted.key(), changes);
      Subscription subscription =
          request.session.subscribed(
              wanted.key(), new Subscription(wanted, request.op.expanded().contains(wanted.key())));
      request.subscriptions.add(subscription);
      except(subscription, request.op);
      if (wanted.key().market() == null) {
        followPrivate(request, subscription);
      } else if (wanted.key().wildcard()) {
        subscription.here = true;
      } else {
        await(request, subscription);
      }
    }
    changes.place(request.session);
    arrived(request);
    if (!request.answered) {
      loop.after(ANSWER, () -> overdue(request));
    }
  }

  /** What a token says that the subscription to all symbols leaves out. */
  private static void except(Subscription all, Op.Subscribe op) {
    if (all.wanted.key().wildcard()) {
      for (Op.Key key : op.excepted()) {
        if (key.of(Op.Key.ALL).equals(all.wanted.key())) {
          all.except.add(key.symbol());
        }
      }
    }
  }

  private void await(Request request, Subscription subscription) {
    Instrument instrument = instrument(subscription);
    if (instrument == null) {
      subscription.here = true;
    } else {
      request.missing++;
      instrument.whenReady(() -> ready(request, subscription, instrument));
    }
  }

  /** A place that is beyond what is known here is one that the owner knows, or none. */
  private void ready(Request request, Subscription subscription, Instrument instrument) {
    Op.Key key = subscription.wanted.key();
    Op.Since since = subscription.wanted.since();
    Topic topic = instrument.topic(key);
    Integer shard = listing.shard(key.symbol());
    if (since == null
        || shard == null
        || topic.seq >= since.seq()
        || !since.epoch().equals(topic.numbering())) {
      done(request, subscription);
      return;
    }
    shards
        .state(key.symbol(), shard)
        .map(state -> reaches(state, topic, since))
        .otherwise(false)
        .onSuccess(
            known -> {
              subscription.located = known;
              done(request, subscription);
            });
  }

  private void done(Request request, Subscription subscription) {
    if (request.answered) {
      late(new Late(subscription, request), request.session);
    } else {
      subscription.here = true;
      arrived(request);
    }
  }

  private static boolean reaches(SymbolState state, Topic topic, Op.Since since) {
    return state.epoch().equals(Numbering.epoch(since.epoch()))
        && Instrument.head(state, topic.channel) >= since.seq();
  }

  /** What is not here by now follows when it is: the others do not wait for it any longer. */
  private void overdue(Request request) {
    if (!request.answered) {
      request.missing = 1;
      arrived(request);
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
              subscription.here = true;
              if (request.answered) {
                tellLate(request, subscription);
                privates.begin(bookmark, events);
              } else {
                request.begun.add(new Begun(bookmark, events));
                arrived(request);
              }
            })
        .onFailure(
            failure -> {
              request.failed = true;
              if (request.answered) {
                refuseLate(request, subscription);
              } else {
                arrived(request);
              }
            });
  }

  private void tellLate(Request request, Subscription subscription) {
    if (request.session.open() && current(request.session, subscription)) {
      request.session.control(replies.subscribed(request.op.id(), List.of(subscription.told())));
    }
  }

  private void refuseLate(Request request, Subscription subscription) {
    if (request.session.open() && current(request.session, subscription)) {
      Changes changes = new Changes();
      keeper.remove(request.session, subscription.wanted.key(), changes);
      changes.place(request.session);
      unreadable(request);
    }
  }

  private void unreadable(Request request) {
    Refusal refusal = new Refusal(Refusal.UNAVAILABLE, "private channels cannot be read now");
    request.session.control(replies.error(refusal.answering("subscribe", request.op.id())));
  }

  private void arrived(Request request) {
    if (request.answered || --request.missing > 0 || !request.session.open()) {
      return;
    }
    request.answered = true;
    Session session = request.session;
    Changes changes = new Changes();
    if (request.failed) {
      giveUp(request, changes);
      changes.place(session);
      unreadable(request);
      return;
    }
    for (Subscription subscription : request.subscriptions) {
      if (subscription.here) {
        attach(session, subscription, changes);
      }
    }
    session.control(
        replies.subscribed(
            request.op.id(), request.subscriptions.stream().map(Subscription::told).toList()));
    for (Begun begun : request.begun) {
      privates.begin(begun.bookmark, begun.events);
    }
    for (Subscription subscription : request.subscriptions) {
      if (subscription.wanted.key().wildcard() && current(session, subscription)) {
        keeper.expand(session, subscription, changes);
      }
    }
    changes.place(session);
  }

  /** What a later request has replaced is not this one's to remove. */
  private void giveUp(Request request, Changes changes) {
    for (Subscription subscription : request.subscriptions) {
      if (current(request.session, subscription)) {
        keeper.remove(request.session, subscription.wanted.key(), changes);
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

  /** Lets in what came with all symbols. */
  void follow(Session session, Subscription subscription, Changes changes) {
    Instrument instrument = instrument(subscription);
    if (instrument != null && instrument.ready()) {
      attach(session, subscription, changes);
    } else if (instrument != null) {
      instrument.whenReady(() -> late(new Late(subscription, null), session));
    }
  }

  private void late(Late one, Session session) {
    if (late.isEmpty()) {
      long wait = lateAt + GATHER - loop.nanos();
      if (wait > 0) {
        loop.after(wait, this::attachLate);
      } else {
        loop.execute(this::attachLate);
      }
    }
    late.computeIfAbsent(session, k -> new ArrayList<>()).add(one);
  }

  private void attachLate() {
    Map<Session, List<Late>> gathered = late;
    late = new LinkedHashMap<>();
    lateAt = loop.nanos();
    gathered.forEach(
        (session, all) -> {
          if (session.open()) {
            attachLate(session, all);
          }
        });
  }

  private void attachLate(Session session, List<Late> all) {
    Changes changes = new Changes();
    Map<Request, List<Replies.Subscribed>> owed = new LinkedHashMap<>();
    for (Late one : all) {
      Subscription subscription = one.subscription;
      Request request = one.request;
      subscription.here = true;
      attach(session, subscription, changes);
      if (request != null && current(session, subscription)) {
        owed.computeIfAbsent(request, k -> new ArrayList<>()).add(subscription.told());
      }
    }
    owed.forEach((request, told) -> session.control(replies.subscribed(request.op.id(), told)));
    changes.place(session);
  }
}
