package dev.tidegate.stream.deadman;

import dev.tidegate.bus.Armings.Armed;
import dev.tidegate.bus.Armings.Beat;
import dev.tidegate.bus.Armings.Change;
import dev.tidegate.bus.Armings.Done;
import dev.tidegate.bus.Armings.Left;
import dev.tidegate.bus.Armings.Said;
import dev.tidegate.bus.Armings.Stance;
import dev.tidegate.bus.Armings.Standing;
import dev.tidegate.bus.Armings.Wanted;
import dev.tidegate.bus.Armings.What;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every armed session of the cluster as one node knows it, and whose turn it is to cancel. Each
 * node has one, shared by its {@link Instances}; one of them turns it. Safe to share; time and the
 * way out are handed in.
 *
 * <p>Each session is carried out for itself. Its command is dropped only when its owner comes back:
 * arms or disarms in a session that was not armed, after this one's end, or in one that names this
 * one. While both live the older one is asked for a sign at once; only if its node is lost before
 * an answer has come is it taken to have ended first.
 */
public final class Roster {
  static final long BEAT = 1_000_000_000L;

  /** A node that is silent for so long is taken for gone. */
  static final long SILENCE = 5_000_000_000L;

  /** How long a node that was away itself, or has one back, listens before it cancels anything. */
  static final long SETTLE = 3_000_000_000L;

  static final long RETRY = 1_000_000_000L;
  static final long GIVE_UP = 600_000_000_000L;
  static final int MOST_OWN = 50_000;
  private static final long ASKING = 10_000_000_000L;

  final String node;
  private final String run;
  private final HeldBook book;
  private final Map<String, Peer> peers = new HashMap<>();
  private final Instances instances = new Instances();

  private final Settled settled = new Settled();
  private long number;
  private long turnedAt;
  private long beatAt;
  private long settledAt;
  private boolean turned;

  /** It may have missed what the others said. */
  private boolean away;

  private boolean limps;

  /** What a node does with what it has decided. */
  interface Out {
    void say(Said said);

    /** Submits the command; the roster is told how it went. */
    void cancel(Armed armed);

    /** It could not be submitted in all that time. */
    void lost(Armed armed);
  }

  public Roster(String node, String run) {
    this.node = node;
    this.run = run;
    this.book = new HeldBook(node);
  }

  synchronized void join(int instance, long now) {
    instances.join(instance, now);
  }

  /** An instance leaves; with the last one the node does. */
  synchronized void leave(int instance, Out out) {
    if (instances.leave(instance)) {
      out.say(new Left(node, run));
      book.at(node).forEach(held -> book.remove(held.armed.session()));
    }
  }

  /** Whether the instance, which is alive, is the one that turns the roster and hears for it. */
  synchronized boolean leads(int instance, long now) {
    away |= instances.takesOver(instance, now);
    return instances.leads(instance);
  }

  synchronized int size() {
    return book.size();
  }

  /** False when too many sessions of this node are armed. */
  synchronized boolean arm(Armed armed, long now, Out out) {
    boolean known = book.get(armed.session()) != null;
    if (book.own() >= MOST_OWN && !known) {
      return false;
    }
    book.put(new Held(armed, node));
    settled.armed(armed.session());
    if (!known) {
      word(armed, false, now, out);
    }
    change(What.ARMED, armed, out);
    return true;
  }

  synchronized void disarm(Armed armed, long now, Out out) {
    if (book.drop(armed) == null) {
      word(armed, false, now, out);
    }
    change(What.DISARMED, armed, out);
  }

  private void word(Armed armed, boolean apart, long now, Out out) {
    for (String session : book.word(armed, apart, now)) {
      // Who hears this after its end would take it for one that nobody has come back from.
      out.say(new Done(node, session));
    }
  }

  /** The owner says that the session, wherever it was, is another one now. */
  synchronized void replaced(Armed armed, Out out) {
    book.drop(armed);
    settled.name(armed);
    change(What.DISARMED, armed, out);
  }

  /** The session's socket is gone. */
  synchronized void ended(String session, long now, Out out) {
    Held held = book.get(session);
    if (held == null) {
      return;
    }
    if (held.leftover) {
      book.remove(session);
      out.say(new Done(node, session));
    } else {
      if (held.replaced) {
        // The others are to know that it ended after the other one was heard of, not before.
        book.trusted(held);
        change(What.HEARD, held.armed, out);
      }
      held.end(now + held.armed.grace() * 1_000_000L);
      book.note(held);
      change(What.ENDED, held.armed, out);
    }
  }

  /** Sessions of this node that live and would not be cancelled; null when there is none. */
  synchronized @Nullable Map<String, Long> replacedHere() {
    return book.suspects();
  }

  /** The session was heard after it had been replaced: its owner has two of them. */
  synchronized void heard(String session, Out out) {
    Held held = book.get(session);
    if (held != null && held.replaced && !held.ended) {
      book.trusted(held);
      change(What.HEARD, held.armed, out);
    }
  }

  /** The command of the session is accepted. */
  synchronized void accepted(String session, Out out) {
    forget(session);
    out.say(new Done(node, session));
  }

  synchronized void failed(String session, long now) {
    Held held = book.get(session);
    if (held != null) {
      held.nextTry = now + RETRY;
    }
  }

  /** Whatever another node says. */
  synchronized void hear(Said said, long now, Out out) {
    if (said.node().equals(node)) {
      return;
    }
    switch (said) {
      case Change change -> apply(change, now, out);
      case Beat beat -> {
        Peer peer = seen(beat.node(), beat.run(), now);
        peer.doubt |= beat.number() != peer.number;
      }
      case Wanted wanted -> {
        if (wanted.of().isEmpty() || wanted.of().equals(node)) {
          stand(now, out);
        }
      }
      case Standing standing -> stands(standing, now, out);
      case Done done -> forget(done.session());
      case Left left -> {
        Peer peer = seen(left.node(), left.run(), now);
        book.inherit(left.node(), now, now);
        peer.gone = true;
      }
    }
  }

  private void apply(Change change, long now, Out out) {
    Peer peer = seen(change.node(), change.run(), now);
    if (change.number() <= peer.number) {
      return;
    }
    peer.doubt |= change.number() != peer.number + 1;
    peer.number = change.number();
    Armed armed = change.armed();
    Held held = book.get(armed.session());
    switch (change.what()) {
      case ARMED -> {
        book.put(new Held(armed, change.node()));
        settled.armed(armed.session());
        if (held == null) {
          word(armed, now < settledAt, now, out);
        }
      }
      case DISARMED -> disarmed(armed, change.node(), now, out);
      case HEARD -> {
        if (held != null) {
          book.trusted(held);
        }
      }
      case ENDED -> {
        if (held != null && held.replaced) {
          book.remove(armed.session());
        } else if (!settled.isDone(armed.session()) && !settled.isNamed(armed)) {
          Held ended = new Held(armed, change.node());
          ended.end(now + armed.grace() * 1_000_000L);
          book.put(ended);
        }
      }
      case OTHER -> {}
    }
  }

  private void disarmed(Armed armed, String from, long now, Out out) {
    Held dropped = book.drop(armed);
    if (dropped == null || !dropped.node.equals(from)) {
      settled.name(armed);
    }
    if (dropped == null) {
      word(armed, now < settledAt, now, out);
    }
  }

  private Peer seen(String name, String itsRun, long now) {
    Peer peer = peers.computeIfAbsent(name, k -> new Peer());
    if (!peer.run.equals(itsRun)) {
      if (!peer.run.isEmpty()) {
        book.inherit(name, peer.heardAt, now);
      }
      peer.run = itsRun;
      peer.number = 0;
      peer.doubt = true;
      peer.back = false;
    } else if (peer.gone) {
      peer.back = true;
      for (Held held : book.at(name)) {
        held.nextTry = Math.max(held.nextTry, now + SETTLE);
      }
    }
    peer.doubt |= peer.gone;
    peer.gone = false;
    peer.heardAt = now;
    return peer;
  }

  private void stand(long now, Out out) {
    List<List<Stance>> pages = book.pages(now);
    int last = pages.size() - 1;
    for (int part = 0; part <= last; part++) {
      out.say(new Standing(node, run, number, part, part == last, pages.get(part)));
    }
  }

  private void stands(Standing standing, long now, Out out) {
    Peer peer = seen(standing.node(), standing.run(), now);
    Map<String, Stance> entries = peer.gather(standing);
    if (entries != null) {
      for (Held held : book.at(standing.node())) {
        if (!entries.containsKey(held.armed.session())) {
          book.remove(held.armed.session());
        }
      }
      boolean weigh = peer.back || now < settledAt;
      peer.doubt = false;
      for (Stance entry : entries.values()) {
        peer.doubt |= learn(entry, standing.node(), weigh, now, out);
      }
      peer.number = standing.number();
      peer.back = false;
    }
  }

  /** Whether the node has to be asked again: it may not have heard yet what this one has. */
  private boolean learn(Stance entry, String from, boolean weigh, long now, Out out) {
    Armed armed = entry.armed();
    if (settled.isDone(armed.session())) {
      // It was taken for gone, and its orders were cancelled: it has to know.
      out.say(new Done(node, armed.session()));
      return false;
    }
    if (settled.isNamed(armed)) {
      change(What.DISARMED, armed, out);
      return true;
    }
    Held known = book.get(armed.session());
    Held held = new Held(armed, from);
    boolean crossed = held.mark(entry.replaced(), known, now);
    if (crossed && entry.left() >= 0) {
      book.remove(armed.session());
      return true;
    }
    if (entry.left() >= 0) {
      held.end(now + entry.left() * 1_000_000L);
      held.nextTry = Math.max(held.nextTry, known == null ? 0 : known.nextTry);
    }
    book.put(held);
    if (known == null) {
      book.weigh(held, weigh, now);
    }
    return crossed;
  }

  /** A few times a second, by the instance that leads. */
  synchronized void turn(long now, Out out) {
    boolean limped = limps;
    limps = instances.limps(now);
    away |= !turned || now - turnedAt > SETTLE || (limped && !limps);
    if (away) {
      // Just started, or back from a long stop: what the others did meanwhile is on its way.
      settledAt = turned ? now + SETTLE : now;
      peers.values().forEach(peer -> peer.heardAt = now);
      turned = true;
      away = false;
      out.say(new Wanted(node, ""));
    }
    turnedAt = now;
    if (now - beatAt >= BEAT) {
      beatAt = now;
      out.say(new Beat(node, run, number));
      peers(now, out);
    }
    if (now >= settledAt) {
      cancel(now, out);
    }
  }

  private void peers(long now, Out out) {
    for (Map.Entry<String, Peer> each : peers.entrySet()) {
      Peer peer = each.getValue();
      if (!peer.gone && now - peer.heardAt > SILENCE) {
        book.orphan(each.getKey(), peer.heardAt, now + 2 * BEAT);
        peer.gone = true;
      } else if (!peer.gone && peer.doubt) {
        out.say(new Wanted(node, each.getKey()));
      }
    }
    peers.values().removeIf(peer -> peer.gone && now - peer.heardAt > GIVE_UP);
  }

  private void cancel(long now, Out out) {
    for (Held held : List.copyOf(book.pending())) {
      if (now - held.due > GIVE_UP) {
        book.remove(held.armed.session());
        out.lost(held.armed);
      } else if (held.due <= now && held.nextTry <= now && turn(held) <= now) {
        held.nextTry = now + ASKING;
        out.cancel(held.armed);
      }
    }
  }

  private void forget(String session) {
    book.remove(session);
    settled.done(session);
  }

  /** When it is this node's turn. */
  private long turn(Held held) {
    boolean own = held.node.equals(node);
    return held.due + (own ? 0 : Peer.patience(node, limps, peers.get(held.node), peers));
  }

  private void change(What what, Armed armed, Out out) {
    out.say(new Change(node, run, ++number, what, armed));
  }
}
