package dev.tidegate.stream.session;

import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.topic.Topic;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One thing that a session follows; it has a topic once the symbol's state is here. */
public final class Subscription {
  public final Op.Wanted wanted;

  /** Whether it stands for itself, or came with a subscription to all symbols. */
  final boolean expanded;

  /** Of one to all symbols: those that the client has given up since. */
  final Set<String> except = new HashSet<>(0);

  /** Whether the symbol's owner knows the client's place, should that be beyond what is here. */
  boolean located;

  /** Whether all is here that the client is to be told. */
  boolean here;

  @Nullable public Instrument instrument;
  @Nullable public Topic topic;
  @Nullable public Lane lane;
  public boolean recovered;

  /** Where the channel stood when the subscription began. */
  public String epoch = "";

  public long seq;

  /** The first trade that is still kept, when not everything is; else 0. */
  public long first;

  /** The symbol's owner knows the client's place. */
  public void located() {
    located = true;
  }

  /** It no longer needs its symbol. */
  void release(long nanos) {
    Instrument followed = instrument;
    if (followed != null) {
      followed.release(nanos);
      instrument = null;
    }
  }

  /** As the client is told that it is subscribed. */
  Replies.Subscribed told() {
    return new Replies.Subscribed(wanted, epoch, seq, recovered, first, !here);
  }

  public Subscription(Op.Wanted wanted, boolean expanded) {
    this.wanted = wanted;
    this.expanded = expanded;
  }
}
