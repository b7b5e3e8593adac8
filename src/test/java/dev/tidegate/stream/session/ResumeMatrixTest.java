package dev.tidegate.stream.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Numbering;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Nobody;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Token;
import dev.tidegate.testing.OnLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wherever a client says that it stands, {@code recovered} is the truth: everything after its place
 * follows, or it is told that it has to begin again and is given what to begin with.
 */
class ResumeMatrixTest {
  /** So many updates of everything are there, and so many come afterwards. */
  private static final int HAD = 9;

  private static final long T = 1_700_000_000_000_000L;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final OnLoop loop = new OnLoop(context);
  private final Bus bus = new Bus(vertx.eventBus());
  private final FakeMarket market = new FakeMarket(bus, 0, List.of("AAA", "BBB"));
  private FakeInstance instance;

  /** Where the client says that it stands. */
  private enum Place {
    BEHIND(HAD - 4, true),
    EXACT(HAD, true),
    AHEAD_BY_ONE(HAD + 1, false),
    FAR_AHEAD(HAD + 1_000_000, false),
    OTHER_SYMBOL(HAD - 4, false),
    OTHER_DEPTH(HAD - 4, false),
    OTHER_EPOCH(HAD - 4, false);

    final long seq;
    final boolean recovers;

    Place(long seq, boolean recovers) {
      this.seq = seq;
      this.recovers = recovers;
    }
  }

  private enum Way {
    SINCE,
    TOKEN
  }

  private static Op.Key key(Channel channel, int depth, String interval) {
    return new Op.Key(channel.text(), channel, "AAA", depth, interval);
  }

  static Stream<Arguments> everything() {
    List<Op.Key> keys =
        List.of(
            key(Channel.BOOK, 0, ""),
            key(Channel.BOOK, 5, ""),
            key(Channel.TRADES, 0, ""),
            key(Channel.TICKER, 0, ""),
            key(Channel.CANDLES, 0, "1m"),
            new Op.Key("orders", null, "", 0, ""),
            new Op.Key("requests", null, "", 0, ""));
    return keys.stream()
        .flatMap(
            key ->
                Stream.of(Place.values())
                    .filter(place -> possible(key, place))
                    .flatMap(
                        place ->
                            Stream.of(Way.values()).map(way -> Arguments.of(key, place, way))));
  }

  /** Of a ticker, and of a depth that nobody followed here, only the present state is there. */
  private static boolean keepsHistory(Op.Key key) {
    return key.market() != Channel.TICKER && key.depth() == 0;
  }

  private static boolean possible(Op.Key key, Place place) {
    return switch (place) {
      case OTHER_SYMBOL -> key.market() != null;
      case OTHER_DEPTH -> key.market() == Channel.BOOK;
      default -> true;
    };
  }

  @BeforeEach
  void start() throws Exception {
    Codecs.register(vertx.eventBus());
    bus.answer(Commands.READ_PRIVATE, PrivateEvents.class, ResumeMatrixTest::read);
    for (String symbol : List.of("AAA", "BBB")) {
      Snapshot book =
          new Snapshot(List.of(FakeMarket.level("7", "1")), List.of(FakeMarket.level("8", "1")));
      market.silently(symbol, Channel.BOOK, T, book);
      for (int i = 1; i <= HAD; i++) {
        update(symbol, i, false);
      }
    }
    market.start();
    loop.call(
        () -> {
          instance =
              new FakeInstance(
                  new EventLoops(new SimpleMeterRegistry()).of(context, "n1"),
                  bus,
                  new SimpleMeterRegistry(),
                  new Nobody());
          instance.start();
          return instance;
        });
    loop.await(() -> instance.listing.symbols().size() == 2);
  }

  private void update(String symbol, int i, boolean tell) {
    tell(symbol, Channel.TRADES, FakeMarket.trade("t" + i), tell);
    tell(symbol, Channel.TICKER, FakeMarket.ticker("7." + i), tell);
    Decimal price = Decimal.of("7." + i);
    Candle bar = new Candle("1m", T + i * 60_000_000L, price, price, price, price, price, i, false);
    tell(symbol, Channel.CANDLES, bar, tell);
    if (i > 1) { // the snapshot was the first
      tell(symbol, Channel.BOOK, FakeMarket.bid("6", String.valueOf(i)), tell);
    }
  }

  private void tell(String symbol, Channel channel, dev.tidegate.bus.Markets.Event e, boolean all) {
    if (all) {
      market.say(symbol, channel, T, e);
    } else {
      market.silently(symbol, channel, T, e);
    }
  }

  /** A stream of so many events, as the state keeps it. */
  private static Future<PrivateEvents> read(ReadPrivate asked) {
    boolean recovered = "p".equals(asked.epoch()) && asked.afterSeq() <= HAD;
    return Future.succeededFuture(new PrivateEvents("p", HAD, recovered, List.of()));
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private static String epoch(Op.Key key, Place place) {
    String epoch = place == Place.OTHER_EPOCH ? "e0" : "e1";
    Channel channel = key.market();
    if (channel == null) {
      return place == Place.OTHER_EPOCH ? "q" : "p";
    }
    String symbol = place == Place.OTHER_SYMBOL ? "BBB" : key.symbol();
    int depth = place == Place.OTHER_DEPTH ? 10 : key.depth();
    return Numbering.of(epoch, channel, symbol, depth, key.interval());
  }

  @ParameterizedTest
  @MethodSource("everything")
  void recoveredIsTheTruth(Op.Key key, Place place, Way way) throws Exception {
    FakeClient client = new FakeClient(false);
    Identity alice = new Identity("alice", "alice", "vip", Set.of(), Long.MAX_VALUE, "key:alice");
    Session session = loop.call(() -> instance.open(client, "a", alice));
    Op.Since since = new Op.Since(epoch(key, place), place.seq);
    Op.Wanted wanted = new Op.Wanted(key, 0, false, false, since);
    Op.Subscribe op =
        way == Way.SINCE
            ? new Op.Subscribe(null, List.of(wanted), Set.of(), Set.of())
            : Token.read(
                new Op.Resume(
                    null, Token.write(List.of(new Token.Followed(wanted, Token.Origin.ASKED)))));
    boolean told = way == Way.SINCE || (place != Place.OTHER_SYMBOL && place != Place.OTHER_DEPTH);
    if (place.recovers && key.market() != null && (place != Place.BEHIND || keepsHistory(key))) {
      FakeClient.Known had = new FakeClient.Known();
      had.seq = place.seq;
      had.epoch = since.epoch();
      client.known.put(name(key), had);
    }
    loop.call(
        () -> {
          instance.subscriptions.subscribe(session, op);
          return session;
        });
    loop.await(() -> !client.replies.isEmpty());
    JsonNode channel = client.replies.getFirst().path("channels").path(0);
    if (!told) {
      return; // a token names the stream of its key: there is no other symbol's in it
    }
    boolean recovers = place.recovers && (place != Place.BEHIND || keepsHistory(key));
    assertThat(channel.path("recovered").asBoolean()).isEqualTo(recovers);
    if (key.market() == null) {
      return;
    }
    if (!recovers && key.market() != Channel.TRADES) {
      await(session, () -> snapshots(client, key) == 1);
    } else if (!recovers) {
      assertThat(channel.path("first").asLong()).isEqualTo(1);
    }
    update("AAA", HAD + 1, true);
    update("AAA", HAD + 2, true);
    await(session, () -> seq(client, key) == HAD + 2);
    assertThat(snapshots(client, key))
        .isEqualTo(recovers || key.market() == Channel.TRADES ? 0 : 1);
  }

  private void await(Session session, Callable<Boolean> condition) throws Exception {
    loop.await(
        () -> {
          session.drained(); // as the socket says when it has taken the acknowledgement
          return condition.call();
        });
  }

  private static FakeClient.Known known(FakeClient client, Op.Key key) {
    return client.known.getOrDefault(name(key), new FakeClient.Known());
  }

  private static String name(Op.Key key) {
    return key.name() + " AAA " + key.depth() + key.interval();
  }

  private static long seq(FakeClient client, Op.Key key) {
    return known(client, key).seq;
  }

  private static int snapshots(FakeClient client, Op.Key key) {
    return known(client, key).snapshots;
  }
}
