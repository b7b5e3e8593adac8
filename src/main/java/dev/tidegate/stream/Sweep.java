package dev.tidegate.stream;

import dev.tidegate.loop.Loop;
import dev.tidegate.stream.socket.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is looked at a few times a second for all sessions, instead of a timer for each. */
final class Sweep implements Connection.Clock {
  static final Duration EVERY = Duration.ofMillis(250);

  /** So many turns are a second. */
  static final int SECOND = 4;

  private final Loop loop;
  private final List<Part> parts = new ArrayList<>();
  private Loop.Timer turns = () -> {};
  private long coarse;
  private int round;

  /** Something that is looked at. */
  interface Look {
    /**
     * @param nanos of the loop's clock
     */
    void at(long nanos);
  }

  private record Part(int turns, Look look) {}

  Sweep(Loop loop) {
    this.loop = loop;
    this.coarse = loop.nanos();
  }

  /** Adds what has its turn each time, or once in so many. */
  Sweep look(int everySoMany, Look look) {
    parts.add(new Part(everySoMany, look));
    return this;
  }

  void start() {
    turns = loop.every(EVERY, this::turn);
  }

  void stop() {
    turns.cancel();
  }

  @Override
  public long coarseNanos() {
    return coarse;
  }

  private void turn() {
    coarse = loop.nanos();
    round++;
    for (Part part : parts) {
      if (round % part.turns == 0) {
        part.look.at(coarse);
      }
    }
  }
}
