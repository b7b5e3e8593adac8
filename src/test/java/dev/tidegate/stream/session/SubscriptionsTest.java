package dev.tidegate.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Numbering;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Nobody;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.OpReader;
import dev.tidegate.stream.protocol.Token;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.OnLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscribing with a market and a bus that answer when they like, on a real event loop. */
class SubscriptionsTest {
  private static final Op.Key ORDERS = new Op.Key("orders", null, "", 0, "");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final OnLoop loop = new OnLoop(context);
  private final Bus bus = new Bus(vertx.eventBus());
  private final BlockingQueue<Promise<PrivateEvents>> asked = new LinkedBlockingQueue<>();
  private final List<String> symbols = new ArrayList<>();
  private FakeMarket market;
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private FakeInstance instance;
  private Subscriptions subscriptions;

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private void start(int count) throws Exception {
    Codecs.register(vertx.eventBus());
    bus.answer(
        Commands.READ_PRIVATE,
        PrivateEvents.class,
        question -> {
          Promise<PrivateEvents> promise = Promise.promise();
          asked.add(promise);
          return promise.future();
        });
    for (int i = 0; i < count; i++) {
      symbols.add("S" + i);
    }
    market = new FakeMarket(bus, 0, symbols);
    for (String symbol : symbols) {
      market.silently(
          symbol,
          Channel.BOOK,
          1,
          new Snapshot(List.of(FakeMarket.level("7", "1")), List.of(FakeMarket.level("8", "1"))));
    }
    market.start();
    on(this::begin);
    await(() -> instance.listing.symbols().size() == count);
  }

  private FakeInstance begin() {
    Loop own = new EventLoops(registry).of(context, "n1");
    instance = new FakeInstance(own, bus, registry, new Nobody());
    subscriptions = instance.subscriptions;
    instance.start();
    return instance;
  }

  /** On the event loop, where everything happens. */
  private <T> T on(Callable<T> task) throws Exception {
    return loop.call(task);
  }

  private long placed() throws Exception {
    return on(() -> (long) registry.get("tidegate.stream.groupings").counter().count());
  }

  private int cohorts() throws Exception {
    return on(instance.fanout::cohorts);
  }

  private void await(Callable<Boolean> condition) throws Exception {
    loop.await(condition);
  }

  /** A client whose messages are looked at on the event loop only. */
  private final class Guest {
    final FakeClient client = new FakeClient(false);
    final Session session;

    Guest() throws Exception {
      Identity alice = new Identity("alice", "alice", "vip", Set.of(), Long.MAX_VALUE, "key:alice");
      session = on(() -> instance.open(client, "a", alice));
    }

    void says(String json) throws Exception {
      byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      on(
          () -> {
            switch (OpReader.read(bytes, bytes.length)) {
              case Op.Subscribe op -> subscriptions.subscribe(session, op);
              case Op.Unsubscribe op -> subscriptions.unsubscribe(session, op);
              case Op.Heartbeat op -> instance.heartbeats.set(session, op);
              case Op.Resume op -> subscriptions.subscribe(session, Token.read(op));
              default -> throw new IllegalArgumentException(json);
            }
            return json;
          });
    }

    String said(String topic) {
      return client.known.getOrDefault(topic, new FakeClient.Known()).said;
    }

    /** As the socket says when it has taken what there was. */
    Guest drained() {
      session.drained();
      return this;
    }

    /** As a heartbeat that is asked for says it. */
    String behind(int id) throws Exception {
      int before = client.replies.size();
      says("{'op':'heartbeat','id':" + id + ",'every':60000}");
      await(() -> client.replies.size() > before);
      return client.replies.getLast().path("behind").toString();
    }

    List<String> follows() {
      return session.subscriptions().stream().map(s -> s.wanted.key().symbol()).toList();
    }

    int count() throws Exception {
      return on(() -> session.set().asked());
    }

    void hears(String op, int id) throws Exception {
      Predicate<JsonNode> wanted =
          reply -> reply.path("op").asText().equals(op) && reply.path("id").asInt() == id;
      await(() -> client.replies.stream().anyMatch(wanted));
    }

    FakeClient.Known book(String symbol) {
      return client.known.getOrDefault("book " + symbol + " 0", new FakeClient.Known());
    }

    /** Until it has had so many snapshots of each book and stands at the sequence. */
    void hasBooks(int snapshots, long seq) throws Exception {
      await(
          () -> {
            session.drained(); // as the socket says when it has taken the acknowledgement
            for (String symbol : symbols) {
              if (book(symbol).snapshots < snapshots || book(symbol).seq < seq) {
                return false;
              }
            }
            return true;
          });
      for (String symbol : symbols) {
        assertThat(book(symbol).snapshots).as(symbol).isEqualTo(snapshots);
        assertThat(book(symbol).seq).as(symbol).isEqualTo(seq);
      }
    }
  }

  private static final String ALL = "'channels':[{'channel':'book','symbol':'*'}]}";

  @Test
  void allSymbolsAreLetInTogetherAndNothingIsLost() throws Exception {
    int count = 2_000;
    start(count);
    Guest first = new Guest();
    first.says("{'op':'subscribe','id':1," + ALL);
    first.hasBooks(1, 1);
    assertThat(placed()).as("while their states came").isLessThan(count / 4);

    Guest second = new Guest();
    long before = placed();
    second.says("{'op':'subscribe','id':1," + ALL);
    second.hasBooks(1, 1);
    assertThat(placed() - before).as("when all were here").isEqualTo(1);
    for (String symbol : symbols) {
      market.say(symbol, Channel.BOOK, 2, FakeMarket.bid("6", "2"));
    }
    first.hasBooks(1, 2);
    second.hasBooks(1, 2);
    List<Token.Followed> entries = on(() -> Cursors.of(second.session, instance.privates));
    assertThat(entries).hasSize(count + 1);
    assertThat(Token.write(entries)).isNotNull();
    for (Token.Followed entry : entries) {
      Op.Wanted wanted = entry.wanted();
      String numbering = Numbering.of("e1", Channel.BOOK, wanted.key().symbol(), 0, "");
      assertThat(wanted.since())
          .isEqualTo(wanted.key().wildcard() ? null : new Op.Since(numbering, 2));
    }
  }

  @Test
  void whatHasNoStateHoldsUpNobodyAndIsAcknowledgedOnceMoreWhenItIsHere() throws Exception {
    start(1);
    bus.publish(Markets.DIRECTORY, new Markets.Directory(1, 2, "e1", "nobody", List.of("LOST")));
    await(() -> instance.listing.shard("LOST") != null);
    Guest guest = new Guest();
    guest.says(
        "{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'S0'},"
            + "{'channel':'book','symbol':'LOST'},{'channel':'orders'}]}");
    guest.hears("subscribed", 1);
    JsonNode channels = guest.client.replies.getFirst().path("channels");
    assertThat(channels.findValuesAsText("symbol")).containsExactly("S0", "LOST");
    assertThat(channels.path(0).path("recovered").isBoolean()).isTrue();
    assertThat(channels.path(0).has("pending")).isFalse();
    assertThat(channels.path(1).path("pending").asBoolean()).isTrue();
    assertThat(channels.path(1).has("recovered")).isFalse();
    assertThat(channels.path(2).path("pending").asBoolean()).isTrue();
    guest.hasBooks(1, 1);

    FakeMarket found = new FakeMarket(bus, 1, List.of("LOST"));
    found.silently("LOST", Channel.BOOK, 1, new Snapshot(List.of(), List.of()));
    found.start();
    asked.remove().complete(new PrivateEvents("p", 3, true, List.of()));
    await(() -> guest.client.replies.size() == 3);
    for (JsonNode again : guest.client.replies.subList(1, 3)) {
      assertThat(again.path("op").asText()).isEqualTo("subscribed");
      assertThat(again.path("id").asInt()).isEqualTo(1);
      assertThat(again.path("channels")).hasSize(1);
      assertThat(again.at("/channels/0/recovered").isBoolean()).isTrue();
    }
    await(
        () -> {
          guest.session.drained();
          return guest.book("LOST").snapshots == 1;
        });
  }

  @Test
  void whoFollowsASymbolThatIsGoneLearnsOfItAndOfItsReturn() throws Exception {
    start(2);
    Guest guest = new Guest();
    guest.says(
        "{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'S1'},"
            + "{'channel':'status','symbol':'S1'}]}");
    guest.hears("subscribed", 1);
    await(() -> guest.drained().book("S1").snapshots == 1);
    market.delist("S1", "e2");
    Guest late = new Guest();
    await(() -> instance.listing.settled(System.nanoTime()));
    on(
        () -> {
          long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
          instance.listing.check(later).forEach(instance.shards::delist);
          return later;
        });
    await(() -> guest.drained().said("status S1 0").contains("no longer listed"));
    assertThat(guest.said("status S1 0")).contains("halted");
    await(() -> guest.drained().book("S1").bids.isEmpty());
    assertThat(catchThrowable(() -> late.says(S1))).hasMessageContaining("is not known");

    market.list("S1");
    market.say("S1", Channel.BOOK, 9, new Snapshot(List.of(FakeMarket.level("3", "1")), List.of()));
    await(() -> guest.drained().book("S1").bids.size() == 1);
    assertThat(guest.book("S1").epoch).isEqualTo(Numbering.of("e2", Channel.BOOK, "S1", 0, ""));
    late.says(S1);
    late.hears("subscribed", 2);
  }

  @Test
  void allFollowTheOneShardThatASymbolBelongsTo() throws Exception {
    start(1);
    Guest early = new Guest();
    early.says("{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'S0'}]}");
    early.hasBooks(1, 1);
    FakeMarket other = new FakeMarket(bus, 1, symbols);
    other.newEpoch("o1");
    other.silently(
        "S0", Channel.BOOK, 1, new Snapshot(List.of(FakeMarket.level("3", "1")), List.of()));
    other.start();
    market.claim(new Markets.Spell("S0", 1, 5));
    other.claim(new Markets.Spell("S0", 6, 7));
    String numbering = Numbering.of("o1", Channel.BOOK, "S0", 0, "");
    await(() -> early.drained().book("S0").epoch.equals(numbering));
    assertThat(early.book("S0").bids).as("a break, and a snapshot").hasSize(1);
    Guest late = new Guest();
    late.says("{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'S0'}]}");
    market.say("S0", Channel.BOOK, 9, FakeMarket.bid("6", "2"));
    other.say("S0", Channel.BOOK, 9, FakeMarket.bid("2", "2"));
    for (Guest each : List.of(early, late)) {
      await(() -> each.drained().book("S0").bids.size() == 2);
      assertThat(each.book("S0").epoch).isEqualTo(numbering);
    }

    market.claim(new Markets.Spell("S0", 1, 9));
    String before = Numbering.of("e1", Channel.BOOK, "S0", 0, "");
    for (Guest each : List.of(early, late)) {
      await(() -> each.drained().book("S0").epoch.equals(before));
      await(() -> each.drained().book("S0").bids.size() == 2);
    }
  }

  private static final String S1 =
      "{'op':'subscribe','id':2,'channels':[{'channel':'book','symbol':'S1'}]}";

  @Test
  void allSymbolsIsASetWithExceptions() throws Exception {
    start(4);
    Guest guest = new Guest();
    guest.says("{'op':'subscribe','id':1," + ALL);
    guest.hasBooks(1, 1);
    guest.says("{'op':'unsubscribe','channels':[{'channel':'book','symbol':'S3'}]}");
    market.list("NEW");
    await(() -> guest.follows().contains("NEW"));
    assertThat(on(guest::follows)).containsExactlyInAnyOrder("*", "S0", "S1", "S2", "NEW");

    String token = on(() -> Token.write(Cursors.of(guest.session, instance.privates)));
    Guest elsewhere = new Guest();
    elsewhere.says("{'op':'resume','id':2,'token':'" + token + "'}");
    elsewhere.hears("subscribed", 2);
    market.list("NEWER");
    await(() -> elsewhere.follows().contains("NEWER"));
    assertThat(on(elsewhere::follows)).doesNotContain("S3").contains("S0", "NEW");

    guest.says("{'op':'subscribe','id':3,'channels':[{'channel':'book','symbol':'S3'}]}");
    assertThat(on(guest::follows)).contains("S3");
    guest.says("{'op':'unsubscribe','channels':[{'channel':'book','symbol':'*'}]}");
    assertThat(on(guest::follows)).as("asked for by itself").containsExactly("S3");
  }

  @Test
  void whatIsAskedForTwiceIsHadOnceAsItWasAskedForLast() throws Exception {
    start(1);
    Guest guest = new Guest();
    guest.says(
        "{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'S0'},"
            + "{'channel':'book','symbol':'S0','window':100}]}");
    guest.hears("subscribed", 1);
    assertThat(guest.client.replies.getFirst().path("channels")).hasSize(1);
    assertThat(guest.client.replies.getFirst().at("/channels/0/window").asInt()).isEqualTo(100);
    assertThat(guest.count()).isEqualTo(1);
  }

  @Test
  void aTokenWithoutChannelsIsResumedToo() throws Exception {
    start(1);
    Guest guest = new Guest();
    String token = on(() -> Token.write(Cursors.of(guest.session, instance.privates)));
    guest.says("{'op':'resume','id':2,'token':'" + token + "'}");
    guest.hears("subscribed", 2);
    assertThat(guest.client.replies.getFirst().path("channels")).isEmpty();
  }

  @Test
  void whatIsGivenUpWithAllSymbolsGoesTogetherAndBeginsAfresh() throws Exception {
    int count = 300;
    start(count);
    Guest guest = new Guest();
    guest.says("{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'S7'}]}");
    guest.says("{'op':'subscribe','id':2," + ALL);
    guest.hasBooks(1, 1);

    long before = placed();
    guest.says("{'op':'unsubscribe','id':3," + ALL);
    assertThat(placed() - before).as("of what is left").isEqualTo(1);
    assertThat(guest.count()).isEqualTo(1);
    for (String symbol : symbols) {
      market.say(symbol, Channel.BOOK, 2, FakeMarket.bid("6", "2"));
    }
    await(() -> guest.book("S7").seq == 2);
    long other = on(() -> guest.book("S8").seq);
    assertThat(other).isEqualTo(1);

    guest.says("{'op':'unsubscribe','id':4,'channels':[{'channel':'book','symbol':'S7'}]}");
    assertThat(cohorts()).isZero();
    guest.says("{'op':'subscribe','id':5," + ALL);
    guest.hasBooks(2, 2);
    for (String symbol : symbols) {
      market.say(symbol, Channel.BOOK, 3, FakeMarket.bid("6", "0"));
    }
    guest.hasBooks(2, 3);
  }

  @Test
  void subscribingAgainToManyChannelsPlacesThemTwiceAtMost() throws Exception {
    start(200);
    StringBuilder channels = new StringBuilder("'channels':[");
    for (String symbol : symbols) {
      channels.append("{'channel':'book','symbol':'").append(symbol).append("'},");
    }
    channels.setLength(channels.length() - 1);
    Guest guest = new Guest();
    guest.says("{'op':'subscribe','id':1," + channels + "]}");
    guest.hasBooks(1, 1);
    long before = placed();
    guest.says("{'op':'subscribe','id':2," + channels + "]}");
    guest.hasBooks(2, 1);
    assertThat(placed() - before).isLessThanOrEqualTo(2);
  }

  private static final String PRIVATE =
      "'channels':[{'channel':'orders'},{'channel':'book','symbol':'S0'}]}";

  private Promise<PrivateEvents> question() throws InterruptedException {
    Promise<PrivateEvents> question = asked.poll(10, TimeUnit.SECONDS);
    assertThat(question).as("a question for private events").isNotNull();
    return question;
  }

  @Test
  void whatFailsLateDoesNotTakeAwayWhatWasSubscribedMeanwhile() throws Exception {
    start(1);
    Guest guest = new Guest();
    guest.says("{'op':'subscribe','id':1," + PRIVATE);
    final Promise<PrivateEvents> first = question();
    guest.says("{'op':'subscribe','id':2," + PRIVATE);
    question().complete(new PrivateEvents("p1", 0, true, List.of()));
    guest.hears("subscribed", 2);
    first.fail("nobody knows");
    guest.hears("error", 1);

    boolean orders = on(() -> guest.session.subscription(ORDERS) != null);
    assertThat(orders).isTrue();
    assertThat(guest.count()).isEqualTo(2);
    market.say("S0", Channel.BOOK, 2, FakeMarket.bid("6", "2"));
    await(
        () -> {
          guest.session.drained();
          return guest.book("S0").seq == 2;
        });
    bus.publish(Commands.outcome(Commands.shardOf("alice")), transition(1));
    await(() -> guest.client.known.containsKey("orders  0"));
  }

  @Test
  void aFailureTakesAwayItsOwn() throws Exception {
    start(1);
    Guest guest = new Guest();
    guest.says("{'op':'subscribe','id':1," + PRIVATE);
    question().fail("nobody knows");
    guest.hears("error", 1);
    assertThat(guest.count()).isZero();
    assertThat(cohorts()).isZero();
  }

  @Test
  void anAnswerGoesToTheSubscriptionThatAsked() throws Exception {
    start(1);
    Guest guest = new Guest();
    guest.says(
        "{'op':'subscribe','id':1,'channels':[{'channel':'orders','since':{'epoch':'p1','seq':1}}]}");
    final Promise<PrivateEvents> first = question();
    guest.says(
        "{'op':'subscribe','id':2,'channels':[{'channel':'orders','since':{'epoch':'p1','seq':2}}]}");
    final Promise<PrivateEvents> second = question();
    List<Transition> kept = List.of(transition(2), transition(3));
    first.complete(new PrivateEvents("p1", 3, true, kept));
    guest.hears("subscribed", 1);
    int heard = on(guest.client.known::size);
    assertThat(heard).as("given up before it began").isZero();

    second.complete(new PrivateEvents("p1", 3, true, kept.subList(1, 2)));
    await(() -> guest.client.known.containsKey("orders  0"));
    FakeClient.Known orders = on(() -> guest.client.known.get("orders  0"));
    assertThat(orders.messages).isEqualTo(1);
    assertThat(orders.seq).isEqualTo(3);
  }

  @Test
  void aHeartbeatNamesThePrivateChannelThatHasMore() throws Exception {
    start(1);
    Guest guest = new Guest();
    guest.says("{'op':'subscribe','id':1,'channels':[{'channel':'orders'}]}");
    question().complete(new PrivateEvents("p1", 3, false, List.of()));
    guest.hears("subscribed", 1);
    assertThat(guest.behind(2)).isEmpty();

    bus.publish(Commands.outcome(Commands.shardOf("alice")), transition(5));
    final Promise<PrivateEvents> missing = question();
    assertThat(guest.behind(3)).isEqualTo("[{\"channel\":\"orders\",\"seq\":5}]");
    bus.publish(Commands.outcome(Commands.shardOf("alice")), transition(6));
    Await.await(() -> guest.behind(4).contains("6"));

    missing.complete(new PrivateEvents("p1", 5, true, List.of(transition(4), transition(5))));
    final Promise<PrivateEvents> again = question();
    assertThat(guest.behind(5)).contains("6");
    again.complete(new PrivateEvents("p1", 6, true, List.of(transition(6))));
    Await.await(() -> guest.behind(6).isEmpty());
  }

  private static Transition transition(long seq) {
    return new Transition(
        "alice", "orders", "p1", seq, new Stored("r" + seq, "alice", Status.ACCEPTED, 5, 6, null));
  }
}
