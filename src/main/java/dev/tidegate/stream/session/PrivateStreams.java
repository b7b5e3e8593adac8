package dev.tidegate.stream.session;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The private channels: every bookmark has its own place in its user's stream. What the bus brings
 * in order goes straight out; anything else makes the bookmark read the stream itself.
 */
public final class PrivateStreams {
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final int PAGE = 500;

  /** In so many checks, four a second, everybody's turn comes. */
  static final int ROUND = 20;

  private static final int MOST_CHECKED = 50;

  private final Bus bus;
  private final Replies replies;
  private final Map<String, List<Bookmark>> bookmarks = new HashMap<>();
  private final Map<Integer, MessageConsumer<Transition>> hearing = new HashMap<>();
  private final Map<Integer, Integer> users = new HashMap<>();
  private final Queue<String> checking = new ArrayDeque<>();
  private final List<Doubt> doubts = new ArrayList<>(0);
  private final Runnable healed;

  /** A bookmark that seemed to have missed something. */
  private record Doubt(Bookmark bookmark, PrivateEvents head) {}

  /** One session's place in a channel of its user. */
  static final class Bookmark {
    private final Session session;
    private final String consumer;
    private final String channel;
    private String epoch = "";
    private long seq;

    /**
     * How far the stream has come at least; null when it was not seen further than the bookmark.
     */
    private Op.@Nullable Since known;

    private Stage stage = Stage.READING;

    private Bookmark(Session session, String channel) {
      this.session = session;
      this.consumer = session.consumer();
      this.channel = channel;
    }

    private void seen(Transition transition) {
      known = new Op.Since(transition.epoch(), transition.seq());
    }

    private void reached(long place) {
      seq = place;
      if (known != null && (place >= known.seq() || !known.epoch().equals(epoch))) {
        known = null;
      }
    }
  }

  /**
   * What a bookmark does with what the bus brings:
   *
   * <pre>
   * READING -- the bus brings more --> READING_STALE
   *    |  ^                                |
   *    |  +----- read, and once more ------+
   *   read                                 |
   *    v                                   v
   * FOLLOWING -- something is missing --> READING;   all -- left --> GONE
   * </pre>
   */
  private enum Stage {
    /** What comes next in order goes straight out. */
    FOLLOWING,
    /** It is reading its user's stream. */
    READING,
    /** The same, and what it reads may lack what has come since. */
    READING_STALE,
    GONE
  }

  /**
   * @param healed runs when something was missed
   */
  public PrivateStreams(Bus bus, Replies replies, Runnable healed) {
    this.bus = bus;
    this.healed = healed;
    this.replies = replies;
  }

  /** A new bookmark, until it or its session leaves. */
  Bookmark bookmark(Session session, String channel) {
    Bookmark bookmark = new Bookmark(session, channel);
    hear(bookmark.consumer);
    bookmarks.computeIfAbsent(bookmark.consumer, k -> new ArrayList<>(1)).add(bookmark);
    return bookmark;
  }

  /** Follows from where the client stood, or from now; done when it is known where. */
  Future<PrivateEvents> follow(Bookmark bookmark, Op.@Nullable Since since) {
    String epoch = since == null ? null : since.epoch();
    long after = since == null ? 0 : since.seq();
    return read(bookmark, epoch, after)
        .onSuccess(
            events -> {
              bookmark.epoch = events.epoch();
              boolean continues = events.recovered() && events.epoch().equals(epoch);
              bookmark.seq = since == null ? events.lastSeq() : continues ? after : 0;
            })
        .onFailure(failure -> remove(bookmark));
  }

  /** Sends what the first answer brought, after the client has heard that it is subscribed. */
  void begin(Bookmark bookmark, PrivateEvents events) {
    took(bookmark, events);
  }

  public void leave(Session session, String channel) {
    List<Bookmark> all = bookmarks.getOrDefault(session.consumer(), List.of());
    for (Bookmark bookmark : List.copyOf(all)) {
      if (bookmark.session == session && bookmark.channel.equals(channel)) {
        remove(bookmark);
      }
    }
  }

  public void leave(Session session) {
    leave(session, "requests");
    leave(session, "orders");
  }

  /** How far the session has come in the channel; null when it has not begun. */
  Op.@Nullable Since since(Session session, String channel) {
    for (Bookmark bookmark : bookmarks.getOrDefault(session.consumer(), List.of())) {
      if (bookmark.session == session && bookmark.channel.equals(channel)) {
        return bookmark.epoch.isEmpty() ? null : new Op.Since(bookmark.epoch, bookmark.seq);
      }
    }
    return null;
  }

  /** Adds the channels of which there is more than the session was sent. */
  public void behind(Session session, List<Replies.Head> to) {
    for (Bookmark bookmark : bookmarks.getOrDefault(session.consumer(), List.of())) {
      Op.Since known = bookmark.known;
      if (bookmark.session == session && known != null) {
        to.add(new Replies.Head(bookmark.channel, "", 0, "", known.seq()));
      }
    }
  }

  /**
   * Compares where some of the users' streams stand with where their bookmarks do: the bus may lose
   * a message, and with the last one nothing would follow to tell. Called a few times a second;
   * everybody's turn comes within {@link #ROUND} calls, or later when there are very many.
   */
  public void check() {
    heal();
    int most = Math.min(MOST_CHECKED, (bookmarks.size() + ROUND - 1) / ROUND);
    if (checking.isEmpty()) {
      checking.addAll(bookmarks.keySet());
    }
    for (int i = 0; i < most && !checking.isEmpty(); i++) {
      check(checking.poll());
    }
  }

  private void check(String consumer) {
    Set<String> channels = new HashSet<>(2);
    for (Bookmark bookmark : bookmarks.getOrDefault(consumer, List.of())) {
      if (bookmark.stage == Stage.FOLLOWING) {
        channels.add(bookmark.channel);
      }
    }
    for (String channel : channels) {
      bus.askNear(
              Commands.READ_PRIVATE,
              new ReadPrivate(consumer, channel, null, 0, 1),
              PrivateEvents.class,
              ANSWER)
          .onSuccess(head -> checked(consumer, head, channel))
          .onFailure(none -> {}); // it is asked again in the next round
    }
  }

  private void checked(String consumer, PrivateEvents head, String channel) {
    for (Bookmark bookmark : bookmarks.getOrDefault(consumer, List.of())) {
      if (bookmark.channel.equals(channel) && missed(bookmark, head)) {
        bookmark.known = new Op.Since(head.epoch(), head.lastSeq());
        doubts.add(new Doubt(bookmark, head));
      }
    }
  }

  private static boolean missed(Bookmark bookmark, PrivateEvents head) {
    boolean behind = !bookmark.epoch.equals(head.epoch()) || bookmark.seq < head.lastSeq();
    return behind && bookmark.stage == Stage.FOLLOWING && bookmark.session.open();
  }

  /** What was on its way on the bus has arrived since the last call. */
  private void heal() {
    List<Doubt> due = List.copyOf(doubts);
    doubts.clear();
    for (Doubt doubt : due) {
      if (missed(doubt.bookmark, doubt.head)) {
        healed.run();
        reread(doubt.bookmark);
      }
    }
  }

  private void remove(Bookmark bookmark) {
    bookmark.stage = Stage.GONE;
    List<Bookmark> all = bookmarks.get(bookmark.consumer);
    if (all != null && all.remove(bookmark)) {
      if (all.isEmpty()) {
        bookmarks.remove(bookmark.consumer);
      }
      int shard = Commands.shardOf(bookmark.consumer);
      if (users.merge(shard, -1, Integer::sum) == 0) {
        users.remove(shard);
        MessageConsumer<Transition> consumer = hearing.remove(shard);
        if (consumer != null) {
          consumer.unregister();
        }
      }
    }
  }

  private void hear(String consumer) {
    int shard = Commands.shardOf(consumer);
    users.merge(shard, 1, Integer::sum);
    hearing.computeIfAbsent(shard, k -> bus.hear(Commands.outcome(shard), this::heard));
  }

  private void heard(Transition transition) {
    List<Bookmark> all = bookmarks.get(transition.consumer());
    if (all == null) {
      return;
    }
    for (Bookmark bookmark : List.copyOf(all)) {
      if (bookmark.channel.equals(transition.channel())) {
        heard(bookmark, transition);
      }
    }
  }

  private void heard(Bookmark bookmark, Transition transition) {
    if (bookmark.stage != Stage.FOLLOWING) {
      bookmark.seen(transition);
      if (bookmark.stage == Stage.READING) {
        bookmark.stage = Stage.READING_STALE;
      }
      return;
    }
    boolean same = bookmark.epoch.equals(transition.epoch());
    if (same && transition.seq() <= bookmark.seq) {
      return;
    }
    if (same && transition.seq() == bookmark.seq + 1) {
      bookmark.reached(transition.seq());
      tell(bookmark, List.of(transition));
    } else {
      bookmark.seen(transition);
      reread(bookmark);
    }
  }

  private void tell(Bookmark bookmark, List<Transition> news) {
    bookmark.session.tell(news, replies.transitions(news));
  }

  private void reread(Bookmark bookmark) {
    bookmark.stage = Stage.READING;
    read(bookmark, bookmark.epoch, bookmark.seq)
        .onSuccess(events -> took(bookmark, events))
        .onFailure(failure -> notRead(bookmark));
  }

  /** What it lacks is found when the streams are compared. */
  private static void notRead(Bookmark bookmark) {
    if (bookmark.stage != Stage.GONE) {
      bookmark.stage = Stage.FOLLOWING;
    }
  }

  private void took(Bookmark bookmark, PrivateEvents events) {
    if (bookmark.stage == Stage.GONE) {
      return;
    }
    boolean stale = bookmark.stage == Stage.READING_STALE;
    bookmark.stage = Stage.FOLLOWING;
    List<Transition> fresh = new ArrayList<>(events.transitions().size());
    boolean same = bookmark.epoch.equals(events.epoch());
    for (Transition transition : events.transitions()) {
      if (!same || transition.seq() > bookmark.seq) {
        fresh.add(transition);
      }
    }
    if (!same) {
      bookmark.epoch = events.epoch();
      bookmark.seq = 0;
    }
    if (!fresh.isEmpty()) {
      bookmark.reached(fresh.getLast().seq());
      tell(bookmark, fresh);
    }
    if (events.transitions().size() < PAGE) {
      bookmark.reached(Math.max(bookmark.seq, events.lastSeq())); // what is not kept will not come
    }
    if (bookmark.session.open() && (stale || events.transitions().size() >= PAGE)) {
      reread(bookmark);
    }
  }

  private Future<PrivateEvents> read(Bookmark bookmark, @Nullable String epoch, long after) {
    return bus.askNear(
        Commands.READ_PRIVATE,
        new ReadPrivate(bookmark.consumer, bookmark.channel, epoch, after, PAGE),
        PrivateEvents.class,
        ANSWER);
  }
}
