package dev.tidegate.command.state;

import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One consumer's messages on one channel, numbered one by one, bounded by count and age. */
public final class PrivateStream {
  private final String consumer;
  private final String channel;
  private final String epoch;
  private final ArrayDeque<Transition> kept = new ArrayDeque<>();
  private long last;

  PrivateStream(String consumer, String channel, String epoch) {
    this.consumer = consumer;
    this.channel = channel;
    this.epoch = epoch;
  }

  Transition append(Stored record, long notBefore, int limit) {
    Transition next = new Transition(consumer, channel, epoch, ++last, record);
    kept.addLast(next);
    trim(notBefore, limit);
    return next;
  }

  PrivateEvents read(@Nullable String asked, long after, int limit, long notBefore) {
    trim(notBefore, Integer.MAX_VALUE);
    if (asked == null) {
      return new PrivateEvents(epoch, last, false, List.of());
    }
    long first = kept.isEmpty() ? last + 1 : kept.getFirst().seq();
    boolean recovered = asked.equals(epoch) && after <= last && after + 1 >= first;
    long from = recovered ? after : 0;
    List<Transition> found = kept.stream().filter(t -> t.seq() > from).limit(limit).toList();
    return new PrivateEvents(epoch, last, recovered, found);
  }

  private void trim(long notBefore, int limit) {
    while (!kept.isEmpty()
        && (kept.size() > limit || kept.getFirst().record().updatedAt() < notBefore)) {
      kept.removeFirst();
    }
  }
}
