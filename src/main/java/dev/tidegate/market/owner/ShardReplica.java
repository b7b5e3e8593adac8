package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.market.book.Placement;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.owner.Peers.Answering;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard on one node. It follows the owner, and when the owner is gone or silent it takes over
 * in its turn: under a higher term, and under the same epoch where the feed lets it continue from
 * the position that it has. The claim in the cluster's map decides between two; where the map does
 * not answer (its keeper may be the very node that froze) a synced replica of a shared feed goes on
 * without it, because two such owners say the same.
 */
public final class ShardReplica {
  private static final Logger LOG = LoggerFactory.getLogger(ShardReplica.class);
  private static final long STAGGER_MILLIS = 300;
  private static final long UNSYNCED_MILLIS = 1_500;
  private static final long CLAIM_PATIENCE_MILLIS = 600;
  private static final long VERIFY_MILLIS = 1_000;

  private final Shard shard;
  private final Peers peers;
  private final Feed feed;
  private final ReplicaSettings settings;
  private final Sync sync;
  private final Runnable takenOver;
  private @Nullable Claim claim;
  private @Nullable Owner owner;
  private Answering answering = Answering.NOBODY;
  private long heardAt;
  private long goneAt = -1;
  private long tickedAt;
  private long verifiedAt;
  private long claimingSince = -1;
  private long attempt;
  private boolean cold;
  private boolean lookedUp;

  public ShardReplica(
      Handover from,
      Peers peers,
      Feed feed,
      ReplicaSettings settings,
      long now,
      Runnable takenOver) {
    this.shard = from.shard();
    this.peers = peers;
    this.feed = feed;
    this.settings = settings;
    this.takenOver = takenOver;
    claim = from.claim();
    sync = new Sync(shard, peers, from.synced());
    heardAt = now + settings.settle() - settings.silence();
    tickedAt = now;
    if (from.owning() && claim != null) {
      heardAt = now;
      own(claim, now);
    }
  }

  public boolean owning() {
    return owner != null;
  }

  public boolean synced() {
    return owning() || sync.synced();
  }

  public Shard shard() {
    return shard;
  }

  public @Nullable Claim claim() {
    return claim;
  }

  /** How the feed does, as far as this node reads it. */
  public State state() {
    return owner == null ? State.LIVE : owner.state();
  }

  /** What is silent, as far as this node is the one to say it. */
  public @Nullable Silence silence() {
    return owner == null ? null : owner.silence();
  }

  /** Steps time; to be called a few times within a heartbeat. */
  public void tick(long now) {
    boolean woke = now - tickedAt > settings.silence() / 2;
    tickedAt = now;
    if (owning()) {
      tickOwner(now, woke);
    } else {
      if (woke) {
        heardAt = Math.max(heardAt, now - settings.silence() / 2);
      }
      sync.tick(now);
      answerAsFollower();
      tickFollower(now);
    }
  }

  private void tickOwner(long now, boolean woke) {
    if (woke || now - verifiedAt >= VERIFY_MILLIS) {
      verify(now);
    }
    if (owner != null) {
      owner.tick(now);
    }
  }

  private void tickFollower(long now) {
    Claim known = claim;
    boolean gone = known != null && !peers.members().contains(known.node());
    goneAt = !gone ? -1 : goneAt < 0 ? now : goneAt;
    long vacantSince = gone && lookedUp ? goneAt : heardAt + settings.silence();
    if (claimingSince >= 0) {
      if (now - claimingSince >= CLAIM_PATIENCE_MILLIS) {
        claimTimedOut(now);
      }
    } else if (now >= vacantSince) {
      if (!lookedUp) {
        lookUp(now);
      } else if (now - vacantSince >= turn()) {
        claimShard(now);
      }
    }
  }

  /** How long the others in front of this node, and those who know more, are given. */
  private long turn() {
    List<String> candidates = new ArrayList<>(peers.members());
    if (claim != null && !claim.node().equals(peers.node())) {
      candidates.remove(claim.node());
    }
    long wait = STAGGER_MILLIS * Placement.rank(shard.index, peers.node(), candidates);
    return cold || sync.synced() || candidates.size() == 1 ? wait : wait + UNSYNCED_MILLIS;
  }

  private void lookUp(long now) {
    claimingSince = now;
    long mine = ++attempt;
    peers
        .claim(shard.index)
        .onSuccess(
            found -> {
              if (mine == attempt) {
                claimingSince = -1;
                lookedUp = true;
                cold = found == null && claim == null;
                adopt(found);
              }
            })
        .onFailure(e -> {}); // looked up again when patience ends
  }

  private void adopt(@Nullable Claim found) {
    if (found != null && (claim == null || found.term() > claim.term())) {
      claim = found;
      goneAt = -1;
    }
  }

  private void claimShard(long now) {
    claimingSince = now;
    long mine = ++attempt;
    peers
        .claim(shard.index)
        .compose(found -> mine == attempt ? tryClaim(found) : Future.succeededFuture(null))
        .onSuccess(
            won -> {
              if (mine == attempt) {
                claimingSince = -1;
                if (won != null) {
                  own(won, now);
                } else {
                  heardAt = now;
                }
              }
            })
        .onFailure(e -> {}); // decided when patience ends
  }

  /** Null when somebody else was first. */
  private Future<@Nullable Claim> tryClaim(@Nullable Claim found) {
    Claim known = claim;
    boolean newer = found != null && (known == null || found.term() > known.term());
    if (newer && found != null && !found.node().equals(peers.node())) {
      adopt(found);
      return Future.succeededFuture(null);
    }
    Claim next = next(found);
    return peers.replace(shard.index, found, next).map(won -> won ? next : null);
  }

  private Claim next(@Nullable Claim found) {
    long term = Math.max(found == null ? 0 : found.term(), claim == null ? 0 : claim.term()) + 1;
    return new Claim(peers.node(), term, continues() ? shard.epoch() : settings.division().epoch());
  }

  /** A past that is still being read would be read from elsewhere on by another one. */
  private boolean continues() {
    return feed.shared()
        && sync.synced()
        && !shard.replaying()
        && settings.division().mayContinue(shard.epoch());
  }

  private void claimTimedOut(long now) {
    attempt++;
    claimingSince = -1;
    if (continues()) {
      own(next(null), now);
    }
  }

  private void own(Claim won, long now) {
    boolean goesOn = won.epoch().equals(shard.epoch());
    claim = won;
    cold = false;
    lookedUp = true;
    verifiedAt = now;
    sync.leave();
    if (!goesOn) {
      shard.replay(won.epoch());
    } else if (!shard.replaying()) {
      shard.takeOver();
    }
    takenOver.run();
    answer(Answering.CLUSTER);
    owner = new Owner(won, shard, peers, feed, settings, this::caughtUp, this::lost);
    owner.start(now);
  }

  /**
   * What others know of this shard begins here. Nothing was said of what was read, and another node
   * may have heard of the numbering before it had begun: so it gets a name that nobody has heard.
   */
  private void caughtUp() {
    Claim before = claim;
    Owner opening = owner;
    if (before == null || opening == null) {
      return;
    }
    String name = shard.epoch();
    if (shard.next() > 0) {
      Claim opened = new Claim(before.node(), before.term(), settings.division().epoch());
      peers.replace(shard.index, before, opened).onFailure(e -> {}); // verified every second
      claim = opened;
      name = opened.epoch();
    }
    shard.open(name);
    opening.opened();
  }

  /** What the feed no longer has cannot be continued. */
  private void lost(String why) {
    Owner ending = owner;
    if (ending != null) {
      LOG.atError()
          .addKeyValue("shard", shard.index)
          .addKeyValue("reason", why)
          .log("a new epoch begins");
      ending.end();
      Claim anew = new Claim(peers.node(), ending.claim.term() + 1, settings.division().epoch());
      peers.replace(shard.index, claim, anew).onFailure(e -> {}); // verified every second
      own(anew, tickedAt);
    }
  }

  /** Another node owns the shard now. */
  private void stepDown(Claim other, long now) {
    LOG.atWarn()
        .addKeyValue("shard", shard.index)
        .addKeyValue("owner", other.node())
        .addKeyValue("term", other.term())
        .log("shard given up");
    if (owner != null) {
      owner.end();
      owner = null;
    }
    claim = other;
    heardAt = now;
    if (feed.shared() && other.epoch().equals(shard.epoch())) {
      sync.trust();
    } else {
      sync.doubt();
    }
    answer(Answering.NOBODY);
  }

  private void verify(long now) {
    verifiedAt = now;
    long mine = ++attempt;
    peers
        .claim(shard.index)
        .onSuccess(
            found -> {
              Claim own = claim;
              if (mine != attempt || !owning() || own == null || own.equals(found)) {
                return;
              }
              if (found != null && found.outranks(own)) {
                stepDown(found, tickedAt);
              } else {
                peers.replace(shard.index, found, own).onFailure(e -> {}); // verified again
              }
            })
        .onFailure(e -> {}); // verified again in a second
  }

  /** A batch from anywhere in the cluster, this node included. */
  public void hear(Batch batch, long now) {
    if (batch.node().equals(peers.node())) {
      return;
    }
    Claim known = claim;
    Claim said = new Claim(batch.node(), batch.term(), batch.epoch());
    if (owning()) {
      if (known != null && said.outranks(known)) {
        stepDown(said, now);
      } else {
        return;
      }
    } else if (known != null && known.outranks(said)) {
      return;
    }
    claim = said;
    heardAt = now;
    goneAt = -1;
    lookedUp = true;
    cold = false;
    claimingSince = -1;
    attempt++;
    sync.hear(batch, now);
    answerAsFollower();
  }

  public void hear(Directory directory, long now) {
    if (!owning() && claim != null && directory.node().equals(claim.node())) {
      sync.hear(directory, now);
    }
  }

  private void answerAsFollower() {
    answer(sync.synced() ? Answering.NODE : Answering.NOBODY);
  }

  private void answer(Answering how) {
    if (how != answering) {
      answering = how;
      peers.answering(shard.index, how, this::answer);
    }
  }

  Future<CaughtUp> answer(CatchUp question) {
    long term = claim == null ? 0 : claim.term();
    if (!synced() || shard.replaying() || (!owning() && question.from() > shard.next())) {
      return Future.failedFuture("replica behind");
    }
    String symbol = question.symbol();
    return Future.succeededFuture(
        symbol == null
            ? new CaughtUp(
                shard.missed(question.epoch(), question.from(), peers.node(), term), null)
            : new CaughtUp(null, shard.state(symbol)));
  }

  /** Tells which symbols there are; only an owner does. */
  public void list() {
    if (owner != null) {
      owner.list();
    }
  }

  /** Ends here; what is returned lets another instance of this node go on. */
  public Handover park() {
    boolean owned = owning();
    if (owner != null) {
      owner.end();
      owner = null;
    }
    attempt++;
    sync.leave();
    answer(Answering.NOBODY);
    return new Handover(shard, claim, owned, owned || sync.synced());
  }
}
