package dev.tidegate.stream.session;

import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.fanout.Wheel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one session was sent since it asked to be told, and when it is told next. */
final class Heartbeat implements Wheel.Timed {
  /** Of a session that has not asked. */
  static final Heartbeat OFF = new Heartbeat(null, null, 0, 0);

  private final @Nullable Heartbeats all;
  final @Nullable Session session;
  final int every;
  private long messages;
  private long digest;
  private long dueAt;
  private boolean ended;

  /**
   * @param every milliseconds; 0 for one that counts nothing
   */
  Heartbeat(@Nullable Heartbeats all, @Nullable Session session, int every, long now) {
    this.all = all;
    this.session = session;
    this.every = every;
    dueAt = now + every * 1_000_000L;
  }

  long messages() {
    return messages;
  }

  long digest() {
    return digest;
  }

  /** Goes on where another one was. */
  void continues(Heartbeat before) {
    messages = before.messages;
    digest = before.digest;
  }

  /** A frame of market data. */
  void sent(Tally.Sum said) {
    if (every > 0) {
      messages += said.messages();
      digest = digest * said.factor() + said.digest();
    }
  }

  /** Messages of a private channel. */
  void sent(List<Transition> said) {
    if (all != null) {
      all.hash(said, this::sent);
    }
  }

  boolean ended() {
    return ended;
  }

  void end() {
    if (all != null && !ended) {
      ended = true;
      all.ended();
    }
  }

  @Override
  public long dueAt() {
    return dueAt;
  }

  @Override
  public void due() {
    if (all != null && !ended) {
      all.due(this);
    }
  }

  /** It was told; one that comes late does not make the next one late. */
  void next(long now) {
    long step = every * 1_000_000L;
    dueAt = Math.max(dueAt + step, now + step / 2);
  }
}
