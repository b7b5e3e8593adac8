package dev.tidegate.stream.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.socket.Outlet;
import dev.tidegate.stream.topic.Entry;
import dev.tidegate.stream.topic.Ring;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One fan-out for both codecs: a codec's bytes are made once, and only when somebody reads it. */
class CodecSharingTest {
  private static final Op.Key BOOK = new Op.Key("book", Channel.BOOK, "AAA", 0, "");

  private final SteppedLoop loop = new SteppedLoop();
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
  private final TestFanout floor = new TestFanout(loop, memory, new SimpleMeterRegistry());
  private final Fanout fanout = floor.fanout;
  private final Instrument instrument =
      new Instrument("AAA", new Kept(20_000, 2_000), () -> 1, fanout);
  private final List<Wire> wires = new ArrayList<>();
  private long seq = 1;

  CodecSharingTest() {
    Snapshot empty = new Snapshot(List.of(), List.of());
    instrument.load(new SymbolState("AAA", 0, "e", 0, 1, 1, empty, 0, List.of()));
  }

  @AfterEach
  void everyFrameIsReleased() {
    wires.forEach(Wire::clear);
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  private Wire follow(Codec codec, boolean deflate) {
    Wire wire = new Wire();
    wires.add(wire);
    Session session = floor.session(wire, codec, deflate);
    Op.Wanted wanted = new Op.Wanted(BOOK, 0, false, false, null);
    Subscription subscription = session.subscribed(BOOK, new Subscription(wanted, false));
    subscription.instrument = instrument;
    session.place(Joining.attach(session, subscription, fanout));
    session.again();
    loop.turn();
    wire.clear(); // the snapshot
    return wire;
  }

  private void update() {
    seq++;
    instrument.accept(seq, new Update("AAA", Channel.BOOK, seq, 5, FakeMarket.bid("7", "" + seq)));
    loop.turn();
  }

  @Test
  void readersOfACodecShareOneFrame() {
    List<Wire> json = List.of(follow(Codec.JSON, false), follow(Codec.JSON, false));
    List<Wire> proto = List.of(follow(Codec.PROTO, false), follow(Codec.PROTO, false));
    List<Wire> deflated = List.of(follow(Codec.PROTO, true), follow(Codec.PROTO, true));
    assertThat(fanout.cohorts()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      update();
      for (List<Wire> pair : List.of(json, proto, deflated)) {
        assertThat(pair.getFirst().last().memoryAddress())
            .isEqualTo(pair.getLast().last().memoryAddress());
      }
      assertThat(json.getFirst().last().getUnsignedByte(0)).isEqualTo((short) 0x81);
      assertThat(proto.getFirst().last().getUnsignedByte(0)).isEqualTo((short) 0x82);
      assertThat(deflated.getFirst().last().getUnsignedByte(0)).isEqualTo((short) 0xC2);
      wires.forEach(Wire::clear);
    }
  }

  @Test
  void nothingIsWrittenThatNobodyReads() {
    follow(Codec.JSON, false);
    update();
    Ring ring = instrument.topic(BOOK).ring;
    Entry first = ring.at(ring.size() - 1);
    assertThat(first.written(Codec.JSON)).isNotNull();
    assertThat(first.written(Codec.PROTO)).isNull();
    follow(Codec.PROTO, false);
    update();
    Entry second = ring.at(ring.size() - 1);
    assertThat(second.written(Codec.JSON)).isNotNull();
    assertThat(second.written(Codec.PROTO)).isNotNull();
    assertThat(first.written(Codec.PROTO)).isNull();
  }

  /** Keeps what is written to it. */
  private static final class Wire implements Outlet {
    private final List<ByteBuf> frames = new ArrayList<>();

    ByteBuf last() {
      assertThat(frames).hasSize(1);
      return frames.getFirst();
    }

    void clear() {
      frames.forEach(ByteBuf::release);
      frames.clear();
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public long pending() {
      return 0;
    }

    @Override
    public long heardAt() {
      return 0;
    }

    @Override
    public void write(ByteBuf frame) {
      frames.add(frame);
    }

    @Override
    public void flush() {}

    @Override
    public void check(long now, long pingAfter, long goneAfter) {}

    @Override
    public void drop() {}

    @Override
    public void close(CloseCode code, String reason) {}
  }
}
