package dev.tidegate.stream.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.SlowLine;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.topic.LatestTopic;
import io.netty.buffer.Unpooled;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data before the replies, replies at a rate, a line at a rate: who reads as fast as its replies
 * come, and as fast as is written down, is never closed; who reads nothing is.
 */
class UnreadRepliesTest {
  private static final int STEP = 100;
  private static final long STALLED = 30_000_000_000L;
  private static final int TWO_MINUTES = 120_000;
  private static final int TEN_MINUTES = 600_000;

  private final SteppedLoop loop = new SteppedLoop();
  private final TestFanout floor = new TestFanout(loop);
  private final Replies replies = new Replies(loop);
  private final Ladder ladder = new Ladder(floor.fanout, floor.meters, replies);
  private final LatestTopic ticker = new LatestTopic(1, "AAA", Channel.TICKER, floor.fanout);
  private SlowLine line = new SlowLine(0);
  private Session session = floor.session(line, Codec.JSON, false);
  private long owed;
  private long seq;
  private int moves;

  @AfterEach
  void discard() {
    line.discard();
  }

  private void open(long bytesPerSecond) {
    line = new SlowLine(bytesPerSecond);
    session = floor.session(line, Codec.JSON, false);
    Lane lane = session.lane(new Shape(0, 1, false, false, false));
    lane.add(ticker);
    session.place(lane);
    moves = 0;
  }

  /** Until it is closed, or the time is over. */
  private void run(int millis, long replyBytesPerSecond, int ticksPerStep) {
    for (int at = 0; at < millis && line.closed == null; at += STEP) {
      loop.advance(STEP);
      owed += replyBytesPerSecond * STEP / 1000;
      for (; owed > 0; owed -= 60) {
        session.control(replies.notice("pong", "x".repeat(20)));
      }
      for (int i = 0; i < ticksPerStep; i++) {
        ticker.follow(++seq, seq, FakeMarket.ticker("100"));
      }
      if (line.pass(STEP)) {
        session.drained();
      }
      if (at % 1000 == 0) {
        int before = session.lag() == null ? 0 : session.lag().step;
        ladder.check(loop.nanos(), STALLED);
        moves += before == (session.lag() == null ? 0 : session.lag().step) ? 0 : 1;
      }
      loop.turn();
    }
  }

  static Stream<Arguments> readers() {
    return LongStream.of(Reading.FLOOR, 32_000, 250_000, 500_000, 10_000_000)
        .boxed()
        .flatMap(
            rate ->
                Stream.of(0, 300_000, 900_000, 3_000_000)
                    .flatMap(
                        data ->
                            Stream.of(0L, 60L, rate / 4, Math.min(rate * 9 / 10, 400_000))
                                .map(control -> Arguments.of(rate, data, control))));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void whoReadsIsNeverClosed(long rate, int data, long control) {
    open(rate);
    session.write(Unpooled.wrappedBuffer(new byte[data]), Tally.Sum.NONE);
    run(TWO_MINUTES, control, 2);
    assertThat(line.reason).isEmpty();
    assertThat(line.most).isLessThan(data + Unread.MOST_CONTROL);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 900_000, 3_000_000})
  void whoReadsNothingIsClosed(int data) {
    for (long control : new long[] {0, 60, 50_000, 5_000_000}) {
      open(0);
      session.write(Unpooled.wrappedBuffer(new byte[Math.max(data, 2_000)]), Tally.Sum.NONE);
      run(60_000, control, 2);
      assertThat(line.closed).isEqualTo(CloseCode.SLOW_CONSUMER);
      assertThat(line.most).isLessThan(data + Unread.MOST_CONTROL + 600_000);
      line.discard();
    }
  }

  /** Ten minutes, and no more steps than the waits that double allow. */
  @ParameterizedTest
  @ValueSource(longs = {500, 800, 1_000, 2_000, 4_000, 8_000})
  void aSteadyReaderDoesNotSwing(long rate) {
    open(rate);
    run(TEN_MINUTES, 0, 20);
    assertThat(line.closed).isNull();
    assertThat(moves).isLessThan(30);
  }
}
