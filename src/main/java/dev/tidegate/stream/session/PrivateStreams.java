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
 * The private channels: every follower has its own place in its user's stream. What the bus brings
 * in order goes straight out; anything else makes the follower read the stream itself.
 */
public final class PrivateStreams {
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final int PAGE = 500;

  /** In so many checks, four a second, everybody's turn comes. */
  static final int ROUND = 20;

  private static final int MOST_CHECKED = 50;

  private final Bus bus;
  private final Replies replies;
  private final Map<String, List<Follower>> followers = new HashMap<>();
  private final Map<Integer, MessageConsumer<Transition>> hearing = new HashMap<>();
  private final Map<Integer, Integer> users = new HashMap<>();
  private final Queue<String> checking = new ArrayDeque<>();
  private final List<Doubt> doubts = new ArrayList<>(0);
  private final Runnable healed;

  /** A follower that seemed to have missed something. */
  private record Doubt(Follower follower, PrivateEvents head) {}

  /** One session's place in a channel of its user. */
  static final class Follower {
    private final Session session;
    private final String consumer;
    private final String channel;
    private String epoch = "";
    private long seq;
    private boolean reading;
    private boolean again;
    private boolean gone;

    private Follower(Session session, String channel) {
      this.session = session;
      this.consumer = session.consumer();
      this.channel = channel;
    }
  }

  /**
   * @param healed runs when something was missed
   */
  public PrivateStreams(Bus bus, Replies replies, Runnable healed) {
    this.bus = bus;
    this.healed = healed;
    this.replies = replies;
  }

  /** A new follower, until it or its session leaves. */
  Follower follower(Session session, String channel) {
    Follower follower = new Follower(session, channel);
    follower.reading = true;
    hear(follower.consumer);
    followers.computeIfAbsent(follower.consumer, k -> new ArrayList<>(1)).add(follower);
    return follower;
  }

  /** Follows from where the client stood, or from now; done when it is known where. */
  Future<PrivateEvents> follow(Follower follower, Op.@Nullable Since since) {
    String epoch = since == null ? null : since.epoch();
    long after = since == null ? 0 : since.seq();
    return read(follower, epoch, after)
        .onSuccess(
            events -> {
              follower.epoch = events.epoch();
              follower.seq = since != null && events.epoch().equals(epoch) ? after : 0;
              if (since == null) {
                follower.seq = events.lastSeq();
              }
            })
        .onFailure(failure -> remove(follower));
  }

  /** Sends what the first answer brought, after the client has heard that it is subscribed. */
  void begin(Follower follower, PrivateEvents events) {
    follower.reading = false;
    took(follower, events);
  }

  public void leave(Session session, String channel) {
    List<Follower> all = followers.getOrDefault(session.consumer(), List.of());
    for (Follower follower : List.copyOf(all)) {
      if (follower.session == session && follower.channel.equals(channel)) {
        remove(follower);
      }
    }
  }

  public void leave(Session session) {
    leave(session, "requests");
    leave(session, "orders");
  }

  /** How far the session has come in the channel; null when it has not begun. */
  Op.@Nullable Since since(Session session, String channel) {
    for (Follower follower : followers.getOrDefault(session.consumer(), List.of())) {
      if (follower.session == session && follower.channel.equals(channel)) {
        return follower.epoch.isEmpty() ? null : new Op.Since(follower.epoch, follower.seq);
      }
    }
    return null;
  }

  /**
   * Compares where some of the users' streams stand with where their followers do: the bus may lose
   * a message, and with the last one nothing would follow to tell. Called a few times a second;
   * everybody's turn comes within {@link #ROUND} calls, or later when there are very many.
   */
  public void check() {
    heal();
    int most = Math.min(MOST_CHECKED, (followers.size() + ROUND - 1) / ROUND);
    if (checking.isEmpty()) {
      checking.addAll(followers.keySet());
    }
    for (int i = 0; i < most && !checking.isEmpty(); i++) {
      check(checking.poll());
    }
  }

  private void check(String consumer) {
    Set<String> channels = new HashSet<>(2);
    for (Follower follower : followers.getOrDefault(consumer, List.of())) {
      if (!follower.reading) {
        channels.add(follower.channel);
      }
    }
    for (String channel : channels) {
      bus.ask(
              Commands.READ_PRIVATE,
              new ReadPrivate(consumer, channel, null, 0, 1),
              PrivateEvents.class,
              ANSWER)
          .onSuccess(head -> checked(consumer, head, channel))
          .onFailure(none -> {}); // it is asked again in the next round
    }
  }

  private void checked(String consumer, PrivateEvents head, String channel) {
    for (Follower follower : followers.getOrDefault(consumer, List.of())) {
      if (follower.channel.equals(channel) && missed(follower, head)) {
        doubts.add(new Doubt(follower, head));
      }
    }
  }

  private static boolean missed(Follower follower, PrivateEvents head) {
    boolean behind = !follower.epoch.equals(head.epoch()) || follower.seq < head.lastSeq();
    return behind && !follower.reading && follower.session.open();
  }

  /** What was on its way on the bus has arrived since the last call. */
  private void heal() {
    List<Doubt> due = List.copyOf(doubts);
    doubts.clear();
    for (Doubt doubt : due) {
      if (missed(doubt.follower, doubt.head)) {
        healed.run();
        reread(doubt.follower);
      }
    }
  }

  private void remove(Follower follower) {
    follower.gone = true;
    List<Follower> all = followers.get(follower.consumer);
    if (all != null && all.remove(follower)) {
      if (all.isEmpty()) {
        followers.remove(follower.consumer);
      }
      int shard = Commands.shardOf(follower.consumer);
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
    List<Follower> all = followers.get(transition.consumer());
    if (all == null) {
      return;
    }
    for (Follower follower : List.copyOf(all)) {
      if (follower.channel.equals(transition.channel())) {
        heard(follower, transition);
      }
    }
  }

  private void heard(Follower follower, Transition transition) {
    if (follower.reading) {
      follower.again = true;
      return;
    }
    boolean same = follower.epoch.equals(transition.epoch());
    if (same && transition.seq() <= follower.seq) {
      return;
    }
    if (same && transition.seq() == follower.seq + 1) {
      follower.seq = transition.seq();
      follower.session.control(replies.transitions(List.of(transition)));
    } else {
      reread(follower);
    }
  }

  private void reread(Follower follower) {
    follower.reading = true;
    follower.again = false;
    read(follower, follower.epoch, follower.seq)
        .onSuccess(
            events -> {
              follower.reading = false;
              took(follower, events);
            })
        .onFailure(failure -> follower.reading = false);
  }

  private void took(Follower follower, PrivateEvents events) {
    if (follower.gone) {
      return;
    }
    List<Transition> fresh = new ArrayList<>(events.transitions().size());
    boolean same = follower.epoch.equals(events.epoch());
    for (Transition transition : events.transitions()) {
      if (!same || transition.seq() > follower.seq) {
        fresh.add(transition);
      }
    }
    if (!same) {
      follower.epoch = events.epoch();
      follower.seq = 0;
    }
    if (!fresh.isEmpty()) {
      follower.seq = fresh.getLast().seq();
      follower.session.control(replies.transitions(fresh));
    }
    if (events.transitions().size() < PAGE) {
      follower.seq = Math.max(follower.seq, events.lastSeq()); // what is not kept will not come
    }
    if (follower.session.open() && (follower.again || events.transitions().size() >= PAGE)) {
      reread(follower);
    }
  }

  private Future<PrivateEvents> read(Follower follower, @Nullable String epoch, long after) {
    return bus.ask(
        Commands.READ_PRIVATE,
        new ReadPrivate(follower.consumer, follower.channel, epoch, after, PAGE),
        PrivateEvents.class,
        ANSWER);
  }
}
