package dev.tidegate.stream.session;

import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.fanout.Reader;
import java.util.ArrayList;
import java.util.List;

/** The lanes of one session: one for each shape in which it wants something. */
final class Lanes {
  private final Reader reader;
  private final Fanout fanout;
  private List<Lane> all = List.of();

  Lanes(Reader reader, Fanout fanout) {
    this.reader = reader;
    this.fanout = fanout;
  }

  List<Lane> all() {
    return all;
  }

  Lane of(Shape shape) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).shape.equals(shape)) {
        return all.get(i);
      }
    }
    if (all.isEmpty()) {
      all = new ArrayList<>(1);
    }
    Lane lane = new Lane(reader, shape);
    lane.cursor = fanout.current();
    all.add(lane);
    return lane;
  }

  /** On a step of the ladder what one lane shows depends on the others. */
  void place(Lane lane, int step) {
    if (lane.topics().isEmpty()) {
      fanout.leave(lane);
      all.remove(lane);
    }
    if (step > 0) {
      placeAll(step);
    } else if (!lane.topics().isEmpty()) {
      Ladder.place(lane, 0, fanout);
    }
  }

  void placeAll(int step) {
    for (int i = 0; i < all.size(); i++) {
      Ladder.place(all.get(i), step, fanout);
    }
  }

  boolean anyBehind() {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).behind()) {
        return true;
      }
    }
    return false;
  }

  /** The source's time of the oldest entry that the client was not sent; MAX_VALUE for none. */
  long oldestUnsent() {
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      oldest = Math.min(oldest, all.get(i).oldestUnsent());
    }
    return oldest;
  }

  /** The session is gone. */
  void leave() {
    for (int i = 0; i < all.size(); i++) {
      fanout.leave(all.get(i));
    }
    all = List.of();
  }
}
