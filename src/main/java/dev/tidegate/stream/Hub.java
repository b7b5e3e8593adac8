package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.deadman.DeadMen;
import dev.tidegate.stream.deadman.Roster;
import dev.tidegate.stream.door.Census;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Pressure;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.PrivateStreams;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Conditions;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Listing;
import dev.tidegate.stream.shard.Shards;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One instance: its sessions and everything that they share. */
public final class Hub {
  public final String node;
  public final int instance;
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
  public record Parts(
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

  public Hub(Parts parts) {
    this.node = parts.node();
    this.instance = parts.instance();
    this.config = parts.config();
    this.loop = parts.loop();
    this.bus = parts.bus();
    this.meters = parts.meters();
    this.census = parts.census();
    this.rules = parts.rules();
    this.fanout = new Fanout(loop, parts.frames(), new Pressure(parts.config().adaptive()), meters);
    this.shards = new Shards(bus, loop, fanout, config.kept(), meters);
    this.conditions = new Conditions(bus, shards, loop, node);
    this.listing = new Listing(loop.nanos());
    this.replies = new Replies(loop);
    this.privates = new PrivateStreams(bus, replies, meters::healed);
    this.deadMen = new DeadMen(this, parts.roster());
  }

  /** Begins to hear. */
  public void start() {
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
  public void onNewSymbols(Runnable task) {
    onListing.add(task);
  }

  public Loop loop() {
    return loop;
  }

  public Bus bus() {
    return bus;
  }

  public StreamMeters meters() {
    return meters;
  }

  public Fanout fanout() {
    return fanout;
  }

  public Shards shards() {
    return shards;
  }

  Conditions conditions() {
    return conditions;
  }

  public Listing listing() {
    return listing;
  }

  public Replies replies() {
    return replies;
  }

  public PrivateStreams privates() {
    return privates;
  }

  public DeadMen deadMen() {
    return deadMen;
  }

  public Census census() {
    return census;
  }

  public StreamConfig config() {
    return config;
  }

  /** Every session gets the limits that its tier has now; what it has above them it keeps. */
  void limitsChanged() {
    for (Session session : sessions.values()) {
      session.tier = tier(session.tierName());
    }
  }

  public StreamConfig.Tier tier(String name) {
    boolean listed = config.tiers().containsKey(name);
    return config.tier(name).with(rules.current().limits(name, listed));
  }

  public Map<String, Session> sessions() {
    return sessions;
  }

  public String nextSessionId() {
    return node + "-" + instance + "-" + origin + "-" + ++sessionsEver;
  }

  public void opened(Session session) {
    sessions.put(session.id, session);
    meters.sessions(1);
  }

  public void ended(Session session) {
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
  public void release(Subscription subscription, long nanos) {
    Instrument instrument = subscription.instrument;
    if (instrument != null) {
      instrument.release(nanos);
      subscription.instrument = null;
    }
  }

  /** How the census knows a user, as against an address. */
  public static String user(String consumer) {
    return "user:" + consumer;
  }
}
