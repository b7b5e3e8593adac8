package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.rules.Rules;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One instance: its sessions and everything that they share. */
final class Hub {
  final String node;
  final int instance;
  private final Loop loop;
  private final Bus bus;
  private final StreamMeters meters;
  private final Fanout fanout;
  private final Shards shards;
  private final Conditions conditions;
  private final Listing listing;
  private final Replies replies;
  private final PrivateStreams privates;
  private final DeadMen deadMen;
  private final Census census;
  private final Rules rules;
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final List<Runnable> onListing = new ArrayList<>();
  private final StreamConfig config;

  /** No other instance, of whatever node or cluster, gives its sessions the same names. */
  private final String origin = Long.toString(new SecureRandom().nextLong(Long.MAX_VALUE), 36);

  private long sessionsEver;

  /** What an instance is given. */
  record Parts(
      String node,
      int instance,
      StreamConfig config,
      Loop loop,
      Bus bus,
      Frames frames,
      StreamMeters meters,
      Census census,
      Rules rules,
      Roster roster) {}

  Hub(Parts parts) {
    this.node = parts.node();
    this.instance = parts.instance();
    this.config = parts.config();
    this.loop = parts.loop();
    this.bus = parts.bus();
    this.meters = parts.meters();
    this.census = parts.census();
    this.rules = parts.rules();
    this.fanout = new Fanout(loop, parts.frames(), new Pressure(parts.config().adaptive()), meters);
    this.shards = new Shards(bus, fanout, config, meters);
    this.conditions = new Conditions(bus, shards, loop, node);
    this.listing = new Listing(loop.nanos());
    this.replies = new Replies(loop);
    this.privates = new PrivateStreams(bus, replies, meters::healed);
    this.deadMen = new DeadMen(this, parts.roster());
  }

  /** Begins to hear. */
  void start() {
    bus.hear(Markets.DIRECTORY, this::directory);
    conditions.start();
    deadMen.start();
    bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted(node));
  }

  private void directory(Markets.Directory directory) {
    boolean fresh = listing.hear(directory);
    if (fresh) {
      List<Runnable> tasks = List.copyOf(onListing);
      tasks.forEach(Runnable::run);
    }
  }

  /** Runs the task whenever there are new symbols. */
  void onNewSymbols(Runnable task) {
    onListing.add(task);
  }

  Loop loop() {
    return loop;
  }

  Bus bus() {
    return bus;
  }

  StreamMeters meters() {
    return meters;
  }

  Fanout fanout() {
    return fanout;
  }

  Shards shards() {
    return shards;
  }

  Conditions conditions() {
    return conditions;
  }

  Listing listing() {
    return listing;
  }

  Replies replies() {
    return replies;
  }

  PrivateStreams privates() {
    return privates;
  }

  DeadMen deadMen() {
    return deadMen;
  }

  Census census() {
    return census;
  }

  StreamConfig config() {
    return config;
  }

  /** Every session gets the limits that its tier has now; what it has above them it keeps. */
  void limitsChanged() {
    for (Session session : sessions.values()) {
      session.tier = tier(session.tierName());
    }
  }

  StreamConfig.Tier tier(String name) {
    boolean listed = config.tiers().containsKey(name);
    return config.tier(name).with(rules.current().limits(name, listed));
  }

  Map<String, Session> sessions() {
    return sessions;
  }

  String nextSessionId() {
    return node + "-" + instance + "-" + origin + "-" + ++sessionsEver;
  }

  void opened(Session session) {
    sessions.put(session.id, session);
    meters.sessions(1);
  }

  void ended(Session session) {
    if (sessions.remove(session.id) != null) {
      meters.sessions(-1);
      census.leave(session.address);
      goodbye(session);
      if (session.identity != null) {
        census.leave(user(session.consumer()));
      }
      privates.leave(session);
      deadMen.ended(session);
      long now = loop.nanos();
      for (Subscription subscription : session.subscriptions()) {
        release(subscription, now);
      }
      session.ended();
    }
  }

  /** Sessions that we sent away through no fault of theirs are nobody's loop. */
  private void goodbye(Session session) {
    CloseCode why = session.closedWith;
    if (why != CloseCode.STORM) {
      boolean ours =
          why == CloseCode.DRAIN || why == CloseCode.FEED_LOST || why == CloseCode.CANCELLED;
      long now = loop.millis();
      boolean brief = !ours && now - session.openedAt < config.storm().within().toMillis();
      census.loops().left(session.cameAs, brief, config.storm(), now);
    }
  }

  /** The subscription no longer needs its symbol. */
  void release(Subscription subscription, long nanos) {
    Instrument instrument = subscription.instrument;
    if (instrument != null) {
      instrument.release(nanos);
      subscription.instrument = null;
    }
  }

  /** How the census knows a user, as against an address. */
  static String user(String consumer) {
    return "user:" + consumer;
  }
}
