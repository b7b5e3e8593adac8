package dev.tidegate.stream.session;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.shard.Shards;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions and all that they stand on, without sockets. */
public final class FakeInstance {
  public final Rules rules = new Rules();
  public final RuleMeters ruleMeters;
  public final Tiers tiers = new Tiers(Map.of(), rules);
  public final Bans bans;
  public final Fanout fanout;
  public final Sessions sessions;
  public final Listing listing;
  public final PrivateStreams privates;
  public final Subscriptions subscriptions;
  final Heartbeats heartbeats;
  public final Protocol protocol;
  public final Shards shards;
  private final Loop loop;
  private final Bus bus;
  private final TestFanout floor;

  public FakeInstance(Loop loop, Bus bus, MeterRegistry registry, Authenticator authenticator) {
    this.bus = bus;
    this.loop = loop;
    floor = new TestFanout(loop, UnpooledByteBufAllocator.DEFAULT, registry);
    StreamMeters meters = floor.meters;
    ruleMeters = new RuleMeters(registry);
    bans = new Bans(rules, ruleMeters);
    fanout = floor.fanout;
    sessions = new Sessions("n1-0-", meters);
    listing = new Listing(loop.nanos());
    Replies replies = new Replies(loop);
    privates = new PrivateStreams(bus, replies, meters::healed);
    shards = new Shards(bus, loop, fanout, new Kept(20_000, 2_000), meters);
    subscriptions = new Subscriptions(loop, fanout, listing, shards, privates, replies, sessions);
    Logins logins =
        new Logins(authenticator, bans, tiers, new Census(), subscriptions, replies, meters);
    Lookups lookups = new Lookups(bus, replies);
    heartbeats = new Heartbeats(loop, fanout, replies, privates::behind);
    protocol =
        new Protocol(
            loop,
            replies,
            meters,
            logins,
            subscriptions,
            privates,
            lookups,
            heartbeats,
            new Unarmed());
  }

  /** Cancel on disconnect is not what is looked at. */
  private static final class Unarmed implements Protocol.Arming {
    @Override
    public void arm(Session session, Op.CancelOnDisconnect op) throws Refusal {
      throw new Refusal(Refusal.UNAVAILABLE, "cancelOnDisconnect: not here");
    }

    @Override
    public void ended(Session session) {}
  }

  /** Begins to hear which symbols there are. */
  void start() {
    bus.hear(
        Markets.DIRECTORY,
        directory -> {
          if (listing.hear(directory, loop.nanos()).changed()) {
            shards.place(listing);
            subscriptions.newSymbols();
          }
        });
    bus.publish(Markets.DIRECTORY_WANTED, new Markets.DirectoryWanted("n1"));
  }

  /** A session of somebody, or of nobody, that is open from now on. */
  public Session open(FakeClient client, String address, @Nullable Identity identity) {
    Tier tier = tiers.of(identity == null ? Tier.ANONYMOUS : identity.tier());
    Session session = floor.session(sessions.nextId(), address, tier, client, Codec.JSON, false);
    if (identity != null) {
      session.belongsTo(identity, tier);
    }
    sessions.opened(session);
    return session;
  }

  void end(Session session) {
    if (sessions.ended(session)) {
      protocol.ended(session);
    }
  }
}
