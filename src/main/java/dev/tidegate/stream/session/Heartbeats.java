package dev.tidegate.stream.session;

import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Lets clients prove that they missed nothing, the last message included: whoever asks is told at
 * intervals how many channel messages it was sent, which they were, and what it is behind in.
 */
public final class Heartbeats {
  /** Of what a session is behind in, so much is named. */
  private static final int NAMED = 100;

  private final Loop loop;
  private final Fanout fanout;
  private final Replies replies;
  private final BiConsumer<Session, List<Replies.Head>> privates;
  private final Tally tally = new Tally();

  /**
   * @param privates names the private channels in which a session is behind
   */
  public Heartbeats(
      Loop loop, Fanout fanout, Replies replies, BiConsumer<Session, List<Replies.Head>> privates) {
    this.privates = privates;
    this.loop = loop;
    this.fanout = fanout;
    this.replies = replies;
  }

  /** Begins, changes or ends a session's heartbeat; the answer is one. */
  public void set(Session session, Op.Heartbeat op) {
    Heartbeat before = session.heartbeat;
    before.end();
    Heartbeat beat = Heartbeat.OFF;
    if (op.every() > 0) {
      beat = new Heartbeat(this, session, op.every(), loop.nanos());
      beat.continues(before);
      fanout.counting(1);
      fanout.wheel().add(beat);
    }
    session.heartbeat = beat;
    Heartbeat told = op.every() > 0 ? beat : before;
    session.control(replies.heartbeat(op.id(), op.every(), state(session, told)));
  }

  void ended() {
    fanout.counting(-1);
  }

  /** When what there is was written, so that nobody is behind who is not. */
  void due(Heartbeat beat) {
    fanout.afterwards(() -> tell(beat));
  }

  private void tell(Heartbeat beat) {
    Session session = beat.session;
    if (session != null && !beat.ended() && session.open()) {
      session.notice(replies.heartbeat(null, beat.every, state(session, beat)));
      beat.next(loop.nanos());
      fanout.wheel().add(beat);
    }
  }

  private Replies.Sent state(Session session, Heartbeat beat) {
    List<Replies.Head> heads = new ArrayList<>(0);
    privates.accept(session, heads);
    List<Topic> behind = new ArrayList<>(0);
    long newest = 0;
    for (Lane lane : session.lanes()) {
      lane.unsent(behind, NAMED - heads.size());
      newest = Math.max(newest, newest(lane));
    }
    long age = newest == 0 ? -1 : Math.max(0, loop.millis() * 1_000 - newest);
    for (Topic topic : behind) {
      heads.add(Replies.Head.of(topic.subject, topic.seq));
    }
    return new Replies.Sent(beat.messages(), beat.digest(), age, heads);
  }

  /** The source's time of the newest data, by which a status is none. */
  private static long newest(Lane lane) {
    long newest = 0;
    List<Topic> topics = lane.topics();
    for (int i = 0; i < topics.size(); i++) {
      Topic topic = topics.get(i);
      if (topic.channel != Channel.STATUS && topic.seq > 0) {
        newest = Math.max(newest, topic.time);
      }
    }
    return newest;
  }

  /** Each message of a private channel tells its epoch. */
  void hash(List<Transition> said, Consumer<Tally.Sum> to) {
    for (Transition each : said) {
      byte[] stream = Tally.stream(each.channel(), "", each.epoch());
      to.accept(Tally.Sum.of(tally.hash(stream, each.seq())));
    }
  }
}
