package dev.tidegate.stream;

import org.jspecify.annotations.Nullable;

/** One thing that a session follows; it has a topic once the symbol's state is here. */
final class Subscription {
  final Op.Wanted wanted;

  /** Whether it stands for itself, or came with a subscription to all symbols. */
  final boolean expanded;

  @Nullable Instrument instrument;
  @Nullable Topic topic;
  @Nullable Lane lane;
  boolean recovered;

  /** Where the channel stood when the subscription began. */
  String epoch = "";

  long seq;

  /** The first trade that is still kept, when not everything is; else 0. */
  long first;

  Subscription(Op.Wanted wanted, boolean expanded) {
    this.wanted = wanted;
    this.expanded = expanded;
  }
}
