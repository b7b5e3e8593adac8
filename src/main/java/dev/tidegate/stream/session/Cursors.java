package dev.tidegate.stream.session;

import dev.tidegate.stream.fanout.Cohort;
import dev.tidegate.stream.fanout.Join;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Token;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a session has come in each of its subscriptions, by what was written to its socket. */
public final class Cursors {
  private Cursors() {}

  /** The session's subscriptions as it would have to ask for them elsewhere. */
  public static List<Token.Followed> of(Session session, PrivateStreams privates) {
    List<Token.Followed> entries = new ArrayList<>(session.subscriptions().size());
    for (Subscription subscription : session.subscriptions()) {
      for (String symbol : subscription.except) {
        Op.Key left = subscription.wanted.key().of(symbol);
        Op.Wanted none = new Op.Wanted(left, 0, false, false, null);
        entries.add(new Token.Followed(none, Token.Origin.EXCEPTED));
      }
      Op.Wanted wanted = subscription.wanted;
      Op.Since since =
          wanted.key().market() == null
              ? privates.since(session, wanted.key().name())
              : since(subscription);
      Op.Wanted from =
          new Op.Wanted(wanted.key(), wanted.window(), wanted.meta(), wanted.checksum(), since);
      entries.add(
          new Token.Followed(
              from, subscription.expanded ? Token.Origin.EXPANDED : Token.Origin.ASKED));
    }
    return entries;
  }

  /** Null when the client has nothing that could be continued. */
  public static Op.@Nullable Since since(Subscription subscription) {
    Topic topic = subscription.topic;
    Lane lane = subscription.lane;
    if (topic == null || lane == null) {
      return subscription.wanted.since();
    }
    Cohort cohort = lane.cohort;
    if (cohort != null && !cohort.has(topic)) {
      return null; // the ladder shows it less deep: the client does not have the levels below
    }
    Join join = lane.joinOf(topic);
    if (join == null) {
      return at(topic, lane.cursor);
    }
    if (join.since != Join.NONE) {
      return new Op.Since(join.numbering, join.since);
    }
    return join.cursor == Join.FRESH ? null : at(topic, join.cursor);
  }

  private static Op.@Nullable Since at(Topic topic, long version) {
    if (topic.epoch.isEmpty()) {
      return null;
    }
    if (version >= topic.version) {
      return new Op.Since(topic.numbering(), topic.seq);
    }
    int next = topic.ring.after(version);
    if (!topic.ring.covers(version) || next == topic.ring.size() || topic.broken(next)) {
      return null;
    }
    return new Op.Since(topic.numbering(), topic.ring.at(next).prevSeq);
  }
}
