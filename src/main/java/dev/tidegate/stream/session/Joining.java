package dev.tidegate.stream.session;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Join;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.topic.Entry;
import dev.tidegate.stream.topic.EventsTopic;
import dev.tidegate.stream.topic.Topic;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lets a subscription into a lane: where it begins, and what the client is told about that. */
public final class Joining {
  private Joining() {}

  /** The lane, which has yet to be placed; null when the subscription has no market data. */
  public static @Nullable Lane attach(Session session, Subscription subscription, Fanout fanout) {
    Instrument instrument = subscription.instrument;
    if (instrument == null) {
      return null;
    }
    Op.Wanted wanted = subscription.wanted;
    Topic topic = instrument.topic(wanted.key());
    Shape shape =
        new Shape(
            wanted.window(),
            session.tier().rank(),
            wanted.meta(),
            wanted.checksum(),
            session.dialect.deflate(),
            session.dialect.codec(),
            session.dialect.whole());
    Lane lane = session.lane(shape);
    subscription.topic = topic;
    subscription.lane = lane;
    lane.add(topic);
    lane.join(begin(session, subscription, shape, fanout));
    return lane;
  }

  private static boolean continues(Subscription subscription, Topic topic, long seq) {
    return topic.seq == seq
        || (topic.seq < seq ? subscription.located : topic.ring.afterSeq(seq) >= 0);
  }

  private static Join begin(
      Session session, Subscription subscription, Shape shape, Fanout fanout) {
    Topic topic = Objects.requireNonNull(subscription.topic);
    Op.Since since = subscription.wanted.since();
    subscription.epoch = topic.numbering();
    subscription.seq = topic.seq;
    // A status says all there is, also what has no sequence: its present state comes first.
    if (since != null && topic.channel != Channel.STATUS) {
      boolean same = since.epoch().equals(topic.numbering());
      if (same && continues(subscription, topic, since.seq())) {
        subscription.recovered = true;
        return Join.since(topic, since.seq());
      }
      if (topic instanceof EventsTopic && topic.ring.size() > 0) {
        Entry first = topic.ring.at(0);
        subscription.first = first.seq;
        return Join.from(topic, first.version - 1);
      }
    }
    if (topic instanceof EventsTopic) {
      return Join.from(topic, fanout.current());
    }
    boolean ahead = since != null && since.seq() > topic.seq;
    long seen = ahead ? fanout.current() : session.set().lastLeft();
    subscription.seq = fanout.begins(topic, seen, shape);
    return Join.fresh(topic, seen);
  }
}
