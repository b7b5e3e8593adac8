package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Times;

/**
 * How long one exchange may take at each of its stages, in the milliseconds of the coarse clock: as
 * its route says, and where that says nothing as the upstream does. A stream has no time in which
 * its answer has to begin, unless its route says one; it may not be silent on both sides.
 */
final class Patience {
  private final boolean stream;
  private final long answer;
  private final long connect;
  private final long idle;
  private long connectingSince;
  private long sentAt;
  private long answerBy;
  private long movedAt;

  Patience(Times times, UpstreamConfig config, long now) {
    this.stream = times.stream();
    this.idle = times.idleMillis() > 0 ? times.idleMillis() : config.idle().toMillis();
    this.answer =
        times.answerMillis() > 0
            ? times.answerMillis()
            : stream ? idle : config.timeout().toMillis();
    this.connect = times.connectMillis() > 0 ? times.connectMillis() : Long.MAX_VALUE;
    this.connectingSince = now;
    this.answerBy = now + answer;
  }

  /** Whether so long a time says more than this does. */
  boolean exceeds(long millis) {
    return stream || millis < answer;
  }

  /** Within which the answer has to begin; {@link Long#MAX_VALUE} for a stream. */
  long left(long now) {
    return stream ? Long.MAX_VALUE : answerBy - now;
  }

  void connecting(long now) {
    connectingSince = now;
  }

  void sent(long now) {
    sentAt = now;
  }

  /** Some of the request has left: the wait for an answer begins when all of it has. */
  void requestMoved(long now) {
    answerBy = now + answer;
    sentAt = now;
  }

  /** The answer has begun, or something of either side has moved since. */
  void moved(long now) {
    movedAt = now;
  }

  boolean connectsTooLong(long now) {
    return now - connectingSince > connect;
  }

  boolean answersTooLate(long now) {
    return now > answerBy;
  }

  long sinceSent(long now) {
    return now - sentAt;
  }

  boolean silent(long now) {
    return now - movedAt > idle;
  }
}
