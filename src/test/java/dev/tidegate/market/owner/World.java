package dev.tidegate.market.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.market.book.ChannelLongs;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.ShardBounds;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.feed.Feed.Positioned;
import dev.tidegate.market.feed.Layout;
import dev.tidegate.market.record.FeedRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A few nodes, their bus, their clock and a feed, all stepped by hand: nodes freeze, die and come
 * back, messages wait or get lost, the map of claims hangs.
 */
public final class World {
  private record Message(Node from, Runnable arrives) {}

  static final ShardBounds BOUNDS = new ShardBounds(50, 50, 5, 300_000, 400, 40, 1000, 100);

  final List<Node> nodes = new ArrayList<>();
  final List<FeedRecord> log = new ArrayList<>();
  final Map<Integer, Claim> claims = new HashMap<>();
  final boolean shared;
  final Map<String, TreeMap<Long, Update>> published = new HashMap<>();
  final List<FeedState> states = new ArrayList<>();
  final List<Delays> delays = new ArrayList<>();
  ChannelLongs staleAfter = staleAfter(5_000, 5_000);
  Layout layout = Layout.fixed(1);
  long now = 10_000;
  boolean mapHangs;
  private int epochs;

  World(int count, boolean shared) {
    this.shared = shared;
    for (int i = 0; i < count; i++) {
      nodes.add(new Node("n" + i));
    }
    nodes.forEach(Node::boot);
  }

  /** In milliseconds; trades and candles may be silent. */
  static ChannelLongs staleAfter(long book, long ticker) {
    ChannelLongs millis = new ChannelLongs();
    millis.set(Channel.BOOK, book);
    millis.set(Channel.TICKER, ticker);
    return millis;
  }

  void pass(long millis) {
    now += millis;
    for (Node node : nodes) {
      if (node.runs()) {
        node.replica.tick(now);
      }
    }
  }

  /** Everything arrives, the feed is read to its end, and time goes on for a while. */
  void calm(int rounds) {
    for (int i = 0; i < rounds; i++) {
      for (Node node : nodes) {
        node.read(50);
        node.receive(1_000);
      }
      pass(100);
    }
  }

  List<Node> owners() {
    return nodes.stream().filter(n -> n.runs() && n.replica.owning()).toList();
  }

  private void note(Batch batch) {
    TreeMap<Long, Update> epoch = published.computeIfAbsent(batch.epoch(), e -> new TreeMap<>());
    long seq = batch.first();
    for (Update update : batch.updates()) {
      Update before = epoch.putIfAbsent(seq, update);
      if (before != null) {
        assertThat(update).as(batch.epoch() + ":" + seq).isEqualTo(before);
      }
      seq++;
    }
  }

  /** One node: its replica, what is on its way to it, and its end of the feed. */
  final class Node implements Peers, Feed {
    final String name;
    final Deque<Message> inbox = new ArrayDeque<>();
    ShardReplica replica;
    boolean frozen;
    boolean dead;
    boolean answers;
    private Layout known = layout;
    private Division division = new Division(known, () -> "e" + ++epochs);
    private Sink sink;
    private long position;
    private long end;

    Node(String name) {
      this.name = name;
    }

    void boot() {
      dead = false;
      frozen = false;
      sink = null;
      inbox.clear();
      Shard shard = new Shard(0, BOUNDS, () -> now, drop -> {});
      known = layout;
      division = new Division(known, () -> "e" + ++epochs);
      ReplicaSettings settings =
          new ReplicaSettings(division, 500, 2_000, 1_500, staleAfter, new Listing(0));
      replica = new ShardReplica(Handover.of(shard), this, this, settings, now, () -> {});
    }

    void kill(boolean losesWhatItSent) {
      dead = true;
      answers = false;
      if (losesWhatItSent) {
        nodes.forEach(n -> n.inbox.removeIf(m -> m.from() == this));
      }
    }

    /** Looks at the source; nothing can be read of one that it does not know. */
    void look() {
      if (runs() && !known.equals(layout)) {
        known = layout;
        division.adopt(layout);
        replica.tick(now);
      }
    }

    boolean runs() {
      return !dead && !frozen;
    }

    void receive(int most) {
      for (int i = 0; i < most && runs() && !inbox.isEmpty(); i++) {
        inbox.poll().arrives().run();
      }
    }

    void read(int most) {
      if (!runs() || sink == null || !known.equals(layout)) {
        return;
      }
      int from = (int) position + 1;
      int to = Math.min(log.size(), from + most);
      if (from < to) {
        List<Positioned> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
          records.add(new Positioned(i, log.get(i)));
        }
        position = to - 1L;
        sink.deliver(records, position);
      }
      if (sink != null && end >= 0 && position + 1 >= end) {
        end = -1;
        sink.caughtUp();
      }
    }

    private void tellOthers(java.util.function.Consumer<Node> what) {
      for (Node other : nodes) {
        if (other != this && !other.dead) {
          other.inbox.add(new Message(this, () -> what.accept(other)));
        }
      }
    }

    @Override
    public String node() {
      return name;
    }

    @Override
    public Collection<String> members() {
      return nodes.stream().filter(n -> !n.dead).map(n -> n.name).toList();
    }

    @Override
    public Future<Claim> claim(int shard) {
      return mapHangs
          ? Promise.<Claim>promise().future()
          : Future.succeededFuture(claims.get(shard));
    }

    @Override
    public Future<Boolean> replace(int shard, Claim expected, Claim next) {
      if (mapHangs) {
        return Promise.<Boolean>promise().future();
      }
      boolean same = java.util.Objects.equals(claims.get(shard), expected);
      if (same) {
        claims.put(shard, next);
      }
      return Future.succeededFuture(same);
    }

    @Override
    public void publish(Batch batch) {
      note(batch);
      tellOthers(other -> other.replica.hear(batch, now));
    }

    @Override
    public void publish(Directory directory) {
      tellOthers(other -> other.replica.hear(directory, now));
    }

    @Override
    public void publish(FeedState state) {
      states.add(state);
    }

    @Override
    public void publish(Delays said) {
      delays.add(said);
    }

    @Override
    public Future<CaughtUp> ask(CatchUp question) {
      Promise<CaughtUp> answer = Promise.promise();
      for (Node other : nodes) {
        if (other != this && other.answers && !other.dead) {
          other.inbox.add(
              new Message(
                  this,
                  () ->
                      other
                          .replica
                          .answer(question)
                          .onComplete(r -> inbox.add(new Message(other, () -> answer.handle(r))))));
          return answer.future();
        }
      }
      return Future.failedFuture("nobody answers");
    }

    @Override
    public void wantDirectories() {
      tellOthers(other -> other.replica.list());
    }

    @Override
    public void answering(int shard, Answering how, Function<CatchUp, Future<CaughtUp>> asked) {
      answers = how == Answering.CLUSTER;
    }

    @Override
    public boolean shared() {
      return shared;
    }

    @Override
    public void start(int shard, long after, Sink to) {
      sink = to;
      position = after;
      end = log.size();
    }

    @Override
    public void stop(int shard) {
      sink = null;
    }

    @Override
    public void close() {}
  }
}
