package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.RequestIds;
import dev.tidegate.stream.deadman.DeadMen;
import dev.tidegate.stream.door.Admission;
import dev.tidegate.stream.door.Answers;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.fanout.Pictures;
import dev.tidegate.stream.fanout.Pressure;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Bans;
import dev.tidegate.stream.session.Heartbeats;
import dev.tidegate.stream.session.Logins;
import dev.tidegate.stream.session.Lookups;
import dev.tidegate.stream.session.PrivateStreams;
import dev.tidegate.stream.session.Protocol;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.session.Subscriptions;
import dev.tidegate.stream.session.Tiers;
import dev.tidegate.stream.session.UnreadMemory;
import dev.tidegate.stream.shard.Conditions;
import dev.tidegate.stream.shard.Shards;
import java.util.random.RandomGenerator;

/** One instance: makes its parts, and gives to each of them what it needs of the others. */
final class Hub {
  private final String node;
  private final Bus bus;
  private final Listing listing;
  private final Shards shards;
  private final Conditions conditions;
  private final Subscriptions subscriptions;
  private final DeadMen deadMen;
  private final Fanout fanout;
  private final StreamMeters meters;
  private final Sweep sweep;
  private final LoadWatch load;
  private final UnreadMemory memory;
  private final Loop loop;
  private final Show show;
  final Upgrade upgrade;
  final Enforcement enforcement;
  final Drain drain;

  Hub(StreamConfig config, StreamNode shared, int instance, Loop loop, Bus bus, Frames frames) {
    this.node = shared.name;
    this.bus = bus;
    this.loop = loop;
    meters = new StreamMeters(shared.registry, instance, System::nanoTime);
    Pressure pressure = new Pressure(config.adaptive());
    fanout =
        new Fanout(loop, frames, pressure, meters, Pictures.Sizes.parts(config.snapshotPart()));
    shards = new Shards(bus, loop, fanout, config.kept(), meters);
    conditions = new Conditions(bus, shards, loop, node);
    listing = new Listing(loop.nanos());
    Replies replies = new Replies(loop);
    Sessions sessions = new Sessions(prefix(node, instance, shared.chance), meters);
    PrivateStreams privates = new PrivateStreams(bus, replies, meters::healed);
    deadMen =
        new DeadMen(
            config.cancelOnDisconnect(),
            instance,
            shared.roster,
            sessions,
            loop,
            bus,
            replies,
            meters);
    Tiers tiers = new Tiers(config.tiers(), shared.rules);
    Bans bans = new Bans(shared.rules, shared.ruleMeters);
    subscriptions = new Subscriptions(loop, fanout, listing, shards, privates, replies, sessions);
    Protocol protocol =
        new Protocol(
            loop,
            replies,
            meters,
            logins(shared, tiers, bans, subscriptions, replies, meters),
            subscriptions,
            privates,
            new Lookups(bus, replies),
            new Heartbeats(loop, fanout, replies, privates::behind),
            deadMen);
    memory =
        new UnreadMemory(shared.unread, () -> sessions.unread() + fanout.shared(), sessions::free);
    enforcement = new Enforcement(sessions, tiers, shared.rules, shared.ruleMeters);
    load = new LoadWatch(pressure, meters);
    sweep = new Sweep(loop);
    Ladder ladder = new Ladder(fanout, meters, replies);
    look(
        config, shared, new SessionWatch(config, sessions, shards, loop), shards, ladder, privates);
    upgrade =
        new Upgrade(
            config.frontage(node),
            admission(config, shared, tiers, bans, meters, loop),
            sessions,
            protocol,
            new Session.Shared(loop, fanout, frames, meters, shared.chance, memory),
            sweep,
            new Answers(new RequestIds(shared.chance)));
    drain = new Drain(node, bus, loop, sessions, privates, upgrade, shared.chance);
    show = new Show(node, instance, bus, loop, sessions, fanout, shared.storms);
  }

  /** What the sweep looks at, in this order. */
  private void look(
      StreamConfig config,
      StreamNode shared,
      SessionWatch watch,
      Shards shards,
      Ladder ladder,
      PrivateStreams privates) {
    long stalled = config.stalled().toNanos();
    sweep
        .look(1, load::measure)
        .look(1, watch::sessions)
        .look(1, now -> memory.look())
        .look(1, now -> conditions.check())
        .look(1, now -> deadMen.turn())
        .look(1, now -> privates.check())
        .look(
            Sweep.SECOND,
            // Nobody is stuck for longer than this loop has been there to write.
            now -> ladder.check(now, awakeFor(stalled) ? stalled : Long.MAX_VALUE))
        .look(Sweep.SECOND, now -> load.publish())
        .look(Sweep.SECOND, shards::check)
        .look(Sweep.SECOND, now -> listing.check(now).forEach(shards::delist))
        .look(Sweep.SECOND, now -> shards.place(listing))
        .look(Sweep.SECOND, now -> watch.feeds())
        .look(10 * Sweep.SECOND, now -> shared.storms.sweep(config.storm(), loop.millis()));
  }

  private boolean awakeFor(long nanos) {
    return loop.nanos() - loop.awakeSince() > nanos;
  }

  private static Logins logins(
      StreamNode shared,
      Tiers tiers,
      Bans bans,
      Subscriptions subscriptions,
      Replies replies,
      StreamMeters meters) {
    return new Logins(
        shared.authenticator, bans, tiers, shared.census, subscriptions, replies, meters);
  }

  private static Admission admission(
      StreamConfig config,
      StreamNode shared,
      Tiers tiers,
      Bans bans,
      StreamMeters meters,
      Loop loop) {
    return new Admission(
        config.proxies(),
        shared.authenticator,
        bans,
        tiers,
        shared.census,
        shared.storms,
        config.storm(),
        meters,
        loop);
  }

  /** No other instance, of whatever node or cluster, gives its sessions the same names. */
  private static String prefix(String node, int instance, RandomGenerator chance) {
    String origin = Long.toString(chance.nextLong(Long.MAX_VALUE), 36);
    return node + "-" + instance + "-" + origin + "-";
  }

  /** Begins to hear. */
  void start() {
    load.start(loop.nanos());
    sweep.start();
    bus.hear(
        Markets.DIRECTORY,
        directory -> {
          if (listing.hear(directory, loop.nanos()).changed()) {
            shards.place(listing);
            subscriptions.newSymbols();
          }
        });
    conditions.start();
    deadMen.start();
    drain.start();
    show.start();
    bus.publish(Markets.DIRECTORY_WANTED, new DirectoryWanted(node));
  }

  /** Every socket is closed. */
  void end() {
    sweep.stop();
    deadMen.stop();
    memory.close();
    fanout.close();
    meters.close();
  }
}
