package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.bus.Numbering;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.FrameCache;
import dev.tidegate.stream.encode.Messages;
import dev.tidegate.stream.encode.PerCodec;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Subject;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.encode.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * One stream of messages that a client can follow: a channel of a symbol, perhaps at a depth or an
 * interval. Its ring holds what was said lately; {@link #write} says it again for a reader who has
 * come as far as some version, merged into as little as the channel allows.
 */
public abstract class Topic {
  /** How long what was said can be resumed. */
  private static final long KEPT_MILLIS = 5 * 60 * 1_000L;

  public final int id;
  public final Channel channel;

  /** What its messages are about. */
  public final Subject subject;

  public final Ring ring;

  /** The local version, the sequence and the source time of the last entry. */
  public long version;

  public long seq;
  public long time;
  public String epoch = "";

  private String numbering = "";

  /** Frames of this topic alone, shared by every cohort that needs nothing else in this turn. */
  private final PerCodec<FrameCache> frames = new PerCodec<>(FrameCache::new);

  /** The hash of the last message that was counted, of those that do not tell the epoch. */
  private final byte[] following;

  /** When its state was loaded, in milliseconds. */
  private long loaded;

  private long hashed = Long.MIN_VALUE;
  private long hash;

  private final Versions versions;
  private final List<Follower> followers = new ArrayList<>(2);

  Topic(int id, Subject subject, int keep, Versions versions) {
    this.id = id;
    this.subject = subject;
    this.channel = subject.channel();
    this.ring = new Ring(keep);
    this.versions = versions;
    this.following = Tally.stream(channel.text(), subject.symbol(), "");
  }

  /** Where the local versions of one event loop come from. */
  public interface Versions {
    long next();

    long current();

    /** The wall clock, to tell how old a message is. */
    long millis();
  }

  /** Appends the entries from the index on, one by one or merged. */
  public abstract void write(int from, boolean each, Shape shape, Text out);

  /** Appends where the topic stands now, for a reader who knows nothing; may append nothing. */
  public abstract void snapshot(Shape shape, Text out);

  /** Appends what takes a reader from the version to now; false when there is nothing to say. */
  public final boolean catchUp(long cursor, boolean each, Shape shape, Text out) {
    int from = ring.after(cursor);
    if (from == ring.size()) {
      return false;
    }
    write(from, each, shape, out);
    return true;
  }

  /** Takes what its source says next. */
  public void follow(long newSeq, long newTime, Event event) {
    add(newSeq, newTime, remembered(event));
  }

  final void add(long newSeq, long newTime, Event event) {
    long previous = version;
    long prevSeq = seq == 0 ? newSeq - 1 : seq;
    version = versions.next();
    seq = newSeq;
    time = newTime;
    long now = versions.millis();
    Entry last = ring.size() == 0 ? null : ring.at(ring.size() - 1);
    if (last != null && last.event != null && supersedes(event, last.event)) {
      ring.replaceLast(new Entry(version, last.prevSeq, newSeq, newTime, now, event));
    } else {
      ring.expireBefore(now - KEPT_MILLIS);
      ring.add(new Entry(version, prevSeq, newSeq, newTime, now, event));
    }
    touch(previous);
  }

  /** Whether the event says what the one before it said, and more. */
  boolean supersedes(Event event, Event last) {
    return false;
  }

  final void lastCall(long reached) {
    for (int i = 0; i < followers.size(); i++) {
      followers.get(i).lastCall(this, reached);
    }
  }

  /**
   * Takes over the state of the topic's source. Readers go on without noticing when the history
   * joins what they have; otherwise they start afresh.
   *
   * @param history updates up to the sequence, oldest first, as far as they are known
   */
  public final void reload(String newEpoch, long newSeq, long newTime, List<Update> history) {
    boolean known = !epoch.isEmpty();
    boolean joins =
        newSeq == seq || (!history.isEmpty() && history.getFirst().seq() <= seq + 1 && seq > 0);
    if (!known || !epoch.equals(newEpoch) || newSeq < seq || !joins) {
      restart(newEpoch, history.isEmpty() ? newSeq : history.getFirst().seq() - 1, newTime, known);
    }
    for (int i = 0; i < history.size(); i++) {
      Update update = history.get(i);
      if (update.seq() > seq) {
        add(update.seq(), update.time(), remembered(update.event()));
      }
    }
  }

  /** The epoch as clients are told it: no other topic has the same. */
  public final String numbering() {
    return numbering;
  }

  /** The event as the ring keeps it. */
  Event remembered(Event event) {
    return event;
  }

  /** A new numbering begins. */
  void forget() {}

  public final void restart(String newEpoch, long newSeq, long newTime, boolean tell) {
    long previous = version;
    if (!newEpoch.equals(epoch)) {
      forget();
      numbering =
          Numbering.of(newEpoch, channel, subject.symbol(), subject.depth(), subject.interval());
    }
    epoch = newEpoch;
    seq = newSeq;
    time = newTime;
    loaded = versions.millis();
    version = versions.next();
    if (tell) {
      ring.clear();
      ring.add(new Entry(version, newSeq, newSeq, newTime, versions.millis(), null));
      touch(previous);
    }
  }

  /** When the last of it came here, in microseconds. */
  private long received() {
    return (ring.size() == 0 ? loaded : ring.at(ring.size() - 1).arrived) * 1_000;
  }

  public final FrameCache frames(Codec codec) {
    return frames.of(codec);
  }

  private void touch(long previous) {
    for (int i = 0; i < followers.size(); i++) {
      followers.get(i).touch(this, previous);
    }
  }

  public final void join(Follower follower) {
    followers.add(follower);
  }

  public final void leave(Follower follower) {
    followers.remove(follower);
  }

  /** Whether an entry from the index on makes a merge impossible. */
  public final boolean broken(int from) {
    for (int i = from; i < ring.size(); i++) {
      if (ring.at(i).event == null) {
        return true;
      }
    }
    return false;
  }

  /** Counts a message that was appended and does not tell the epoch. */
  final void said(long of, Text out) {
    Tally tally = out.tally();
    if (tally != null) {
      if (hashed != of) {
        hash = tally.hash(following, of);
        hashed = of;
      }
      tally.add(hash);
    }
  }

  /** Counts a message that was appended and tells the epoch. */
  final void begun(long of, Text out) {
    Tally tally = out.tally();
    if (tally != null) {
      tally.add(tally.hash(Tally.stream(channel.text(), subject.symbol(), numbering), of));
    }
  }

  /** Says what the subscription asked for beyond the data. */
  final void meta(Shape shape, int merged, Text out) {
    if (shape.meta()) {
      Messages.Times times = new Messages.Times(time, received(), versions.millis() * 1_000);
      shape.codec().messages.meta(merged, shape.window(), times, out);
    }
  }
}
