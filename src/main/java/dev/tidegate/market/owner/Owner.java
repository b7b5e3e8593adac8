package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.Spell;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.market.book.Drop;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.SymbolSequencer;
import dev.tidegate.market.feed.Feed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's ownership of one shard under one claim: reads the feed, publishes what it becomes, and
 * says that it lives. When it has ended it is deaf to what the feed still delivers.
 */
public final class Owner implements Feed.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(Owner.class);
  private static final long DIRECTORY_MILLIS = 2_000;
  private static final String REPLAYING = "what the source held at the start is being read";

  final Claim claim;

  private final Shard shard;
  private final Peers peers;
  private final Feed feed;
  private final ReplicaSettings settings;
  private final Runnable caughtUp;
  private final Consumer<String> lost;
  private @Nullable String outage;
  private @Nullable FeedState trouble;
  private @Nullable Silence silence;
  private boolean ended;
  private long now;
  private long startedAt;
  private long beatAt;
  private long listedAt;
  private int listed;

  Owner(
      Claim claim,
      Shard shard,
      Peers peers,
      Feed feed,
      ReplicaSettings settings,
      Runnable caughtUp,
      Consumer<String> lost) {
    this.claim = claim;
    this.shard = shard;
    this.peers = peers;
    this.feed = feed;
    this.settings = settings;
    this.caughtUp = caughtUp;
    this.lost = lost;
  }

  void start(long at) {
    LOG.atInfo()
        .addKeyValue("shard", shard.index)
        .addKeyValue("term", claim.term())
        .addKeyValue("epoch", claim.epoch())
        .addKeyValue("continues", !shard.replaying())
        .addKeyValue("next", shard.next())
        .log("shard owned");
    now = at;
    startedAt = at;
    silence =
        new Silence(
            shard,
            settings.staleAfter(),
            symbol -> settings.listing().isElsewhere(symbol, shard.index),
            at);
    beat();
    list();
    feed.start(shard.index, shard.source(), this);
  }

  void end() {
    ended = true;
    feed.stop(shard.index);
  }

  void tick(long at) {
    now = at;
    if (settings.division().isElsewhere(claim.epoch())) {
      lost("the source was made anew");
      return;
    }
    look();
    if (now - beatAt >= settings.heartbeat()) {
      beat();
    }
    if (now - listedAt >= DIRECTORY_MILLIS) {
      if (trouble == null) {
        peers.publish(said(State.LIVE, ""));
      }
      list();
    }
    Silence.News change = silence == null ? null : silence.check(now);
    if (change != null) {
      tell(change);
    }
  }

  private void tell(Silence.News change) {
    peers.publish(
        new Delays(
            shard.index,
            shard.epoch(),
            peers.node(),
            claim.term(),
            change.whole(),
            change.delayed()));
  }

  private void beat() {
    beatAt = now;
    peers.publish(shard.drain(peers.node(), claim.term()));
    if (trouble != null) {
      peers.publish(trouble);
    }
  }

  /**
   * Tells which symbols there are and which of them are delayed, also to those who come late. While
   * the source is read from its past nobody knows yet which there are.
   */
  void list() {
    listedAt = now;
    if (shard.replaying()) {
      return;
    }
    listed = shard.size();
    List<String> symbols = shard.symbols();
    peers.publish(
        new Directory(
            shard.index,
            settings.division().shards(),
            shard.epoch(),
            peers.node(),
            symbols,
            contested()));
    if (silence != null) {
      tell(silence.whole());
    }
    if (trouble != null) {
      peers.publish(trouble);
    }
  }

  private List<Spell> contested() {
    List<Spell> spells = new ArrayList<>(0);
    for (String symbol : settings.listing().contested()) {
      SymbolSequencer known = shard.sequencer(symbol);
      if (known != null) {
        spells.add(known.spell());
      }
    }
    return spells;
  }

  @Nullable Silence silence() {
    return silence;
  }

  /** How the feed does: live or delayed. */
  State state() {
    return trouble == null ? State.LIVE : State.DELAYED;
  }

  @Override
  public void deliver(List<Feed.Positioned> records, long position) {
    if (ended) {
      return;
    }
    boolean contested = !settings.listing().contested().isEmpty();
    for (int i = 0; i < records.size(); i++) {
      Feed.Positioned each = records.get(i);
      shard.apply(each.position(), each.record());
      if (contested && settings.listing().isElsewhere(each.record().symbol(), shard.index)) {
        shard.dropped(Drop.OTHER_SHARD);
      }
    }
    shard.skipTo(position);
    while (shard.pending()) {
      peers.publish(shard.drain(peers.node(), claim.term()));
    }
    if (shard.size() != listed && !shard.replaying()) {
      list();
    }
  }

  @Override
  public void caughtUp() {
    if (!ended && shard.replaying()) {
      caughtUp.run();
    }
  }

  /** What was read so far is where others begin. */
  void opened() {
    LOG.atInfo()
        .addKeyValue("shard", shard.index)
        .addKeyValue("epoch", shard.epoch())
        .addKeyValue("symbols", shard.size())
        .addKeyValue("source", shard.source())
        .log("shard read to where the source ended");
    beat();
    list();
    look();
  }

  @Override
  public void health(boolean live, String detail) {
    if (!ended) {
      outage = live ? null : detail;
      look();
    }
  }

  /** Tells how the feed does when that has changed; a short past is read before anybody hears. */
  private void look() {
    boolean behind = shard.replaying() && now - startedAt >= settings.heartbeat();
    String why = outage != null ? outage : behind ? REPLAYING : null;
    if (!Objects.equals(why, trouble == null ? null : trouble.detail())) {
      FeedState said = said(why == null ? State.LIVE : State.DELAYED, why == null ? "" : why);
      trouble = why == null ? null : said;
      peers.publish(said);
    }
  }

  private FeedState said(State state, String detail) {
    return new FeedState(
        shard.index, shard.epoch(), peers.node(), claim.term(), state, detail, now * 1000);
  }

  @Override
  public void lost(String why) {
    if (!ended) {
      lost.accept(why);
    }
  }
}
