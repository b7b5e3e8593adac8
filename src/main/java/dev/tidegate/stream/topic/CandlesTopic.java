package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Text;
import java.util.List;

/**
 * The bars of one interval. The ring has one entry for each, in its last state, so that a bar that
 * has closed is said once to everybody, however much came at once and however long is gathered.
 */
public final class CandlesTopic extends LatestTopic {
  private static final int KEEP = 320;

  public CandlesTopic(int id, String symbol, String interval, Versions versions) {
    super(id, symbol, Channel.CANDLES, interval, KEEP, versions);
  }

  @Override
  boolean supersedes(Event event, Event last) {
    return event instanceof Candle next
        && last instanceof Candle bar
        && next.start() == bar.start();
  }

  @Override
  public void write(int from, boolean each, Shape shape, Text out) {
    int next = begin(from, shape, out);
    for (int i = next; i < ring.size(); i++) {
      if (shape.extras()) {
        message(ring.at(i), shape, 1, out);
      } else {
        shape.codec().messages.append(written(ring.at(i), shape.codec()), out);
        said(ring.at(i).seq, out);
      }
    }
  }

  /** After a break the first bar tells of the numbering; the index of what follows it. */
  private int begin(int from, Shape shape, Text out) {
    int next = from;
    for (int i = Math.max(0, from - 1); i < ring.size(); i++) {
      if (ring.at(i).event == null) {
        next = i + 1;
      }
    }
    if (next == from && !afterBreak(from)) {
      return from;
    }
    if (next < ring.size()) {
      first(ring.at(next), shape, out);
      return next + 1;
    }
    snapshot(shape, out);
    return next;
  }

  private boolean afterBreak(int from) {
    return from > 0 && ring.at(from - 1).event == null;
  }

  /**
   * Takes over the bars that are kept, oldest first. Each says all there is of its bar, so that
   * readers go on without noticing where the first of them is no newer than the last they have.
   */
  public void reloadBars(String newEpoch, long newTime, List<Update> bars) {
    if (bars.isEmpty()) {
      reload(
          newEpoch,
          epoch.equals(newEpoch) ? seq : 0,
          epoch.equals(newEpoch) ? time : newTime,
          bars);
      return;
    }
    boolean joins =
        epoch.equals(newEpoch)
            && bars.getLast().seq() >= seq
            && (seq == 0
                || (latest() instanceof Candle mine && start(bars.getFirst()) <= mine.start()));
    if (!joins) {
      restart(newEpoch, bars.getFirst().seq() - 1, newTime, !epoch.isEmpty());
    }
    for (Update bar : bars) {
      if (bar.seq() > seq) {
        follow(bar.seq(), bar.time(), bar.event());
      }
    }
  }

  private static long start(Update update) {
    return update.event() instanceof Candle bar ? bar.start() : 0;
  }
}
