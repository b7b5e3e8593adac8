package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The checksum is of the texts that the client has, at every depth and window, in either codec,
 * also when a level's text changes and its number does not. {@link FakeClient} checks each.
 */
class ChecksumTest {
  private static final List<String> SAME = List.of("%d", "%d.0", "%d.00", "0%d", "%d.");

  @Property(tries = 150)
  void checksumsAndTextsFollowOneForm(@ForAll long seed) {
    Random random = new Random(seed);
    SteppedLoop loop = new SteppedLoop();
    TestFanout floor = new TestFanout(loop);
    int[] ids = {0};
    Instrument instrument = new Instrument("AAA", new Kept(50, 50), () -> ++ids[0], floor.fanout);
    Snapshot empty = new Snapshot(List.of(), List.of());
    instrument.load(new SymbolState("AAA", 0, "e", 0, 1, 1, empty, 0, List.of()));
    List<FakeClient> clients = new ArrayList<>();
    for (Codec codec : Codec.values()) {
      for (int depth : new int[] {0, 5, 10, 20}) {
        for (int window : new int[] {0, 100}) {
          clients.add(follow(floor, instrument, codec, depth, window));
        }
      }
    }
    for (long seq = 1; seq < 120; seq++) {
      Delta delta = new Delta(levels(random, 20), levels(random, 40));
      instrument.accept(seq, new Update("AAA", Channel.BOOK, 1 + seq, seq, delta));
      if (random.nextBoolean()) {
        loop.advance(random.nextInt(60));
      }
    }
    loop.advance(1_000);
    for (FakeClient client : clients) {
      assertThat(client.frames).isGreaterThan(3);
    }
  }

  private static FakeClient follow(
      TestFanout floor, Instrument instrument, Codec codec, int depth, int window) {
    FakeClient client = new FakeClient(false);
    Session session = floor.session(client, codec, false);
    Op.Key key = new Op.Key("book", Channel.BOOK, "AAA", depth, "");
    Op.Wanted wanted = new Op.Wanted(key, window, false, true, null);
    Subscription subscription = session.subscribed(key, new Subscription(wanted, false));
    subscription.instrument = instrument;
    session.place(Joining.attach(session, subscription, floor.fanout));
    session.again();
    return client;
  }

  private static List<Level> levels(Random random, int base) {
    List<Level> levels = new ArrayList<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      levels.add(
          FakeMarket.level(
              text(random, base + random.nextInt(15)), text(random, random.nextInt(3))));
    }
    return levels;
  }

  private static String text(Random random, int number) {
    return SAME.get(random.nextInt(SAME.size())).formatted(number);
  }
}
