package dev.tidegate.market.feed;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.bus.Markets.FedTaken;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.market.book.Drop;
import dev.tidegate.market.book.Placement;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.CaptureReaderTest;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.Times;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The feeds that have threads of their own, against real time and real sockets. */
class FeedsIT {
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final Pump pump = new Pump(loop);
  private final Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);
  private final Times times = new Times(new SimpleMeterRegistry());
  private final Queue<Feed.Positioned> got = new ConcurrentLinkedQueue<>();
  private final Queue<Fed> elsewhere = new ConcurrentLinkedQueue<>();
  private final Queue<Drop> dropped = new ConcurrentLinkedQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());

  private final Feed.Sink sink =
      new Feed.Sink() {
        @Override
        public void deliver(List<Feed.Positioned> records, long position) {
          got.addAll(records);
        }

        @Override
        public void caughtUp() {}

        @Override
        public void health(boolean live, String detail) {}

        @Override
        public void lost(String why) {}
      };

  @AfterEach
  void stop() {
    loop.shutdownNow();
    vertx.close().await();
  }

  @Test
  void theSimulatorKeepsItsPaceEvenlyOverItsSymbols() throws Exception {
    List<String> symbols =
        IntStream.range(0, 50).mapToObj(i -> "SYM00" + (i < 10 ? "0" : "") + i).toList();
    SimulatorFeed feed =
        new SimulatorFeed(
            new Simulation(symbols, 2_500, 0, 0, 1, 3),
            2,
            pump,
            () -> System.currentTimeMillis() * 1000);
    feed.start(0, -1, sink);
    feed.start(1, -1, sink);
    await(() -> got.size() >= 500);
    long from = got.peek().record().time();
    await(() -> got.size() >= 3_000);
    feed.close();
    List<Feed.Positioned> records = got.stream().limit(3_000).toList();
    double seconds = (records.getLast().record().time() - from) / 1e6;
    assertThat(2_999 / seconds).isBetween(2_000.0, 2_600.0);
    assertThat(records).allMatch(r -> r.record().event() instanceof Ticker);
    for (String symbol : symbols) {
      assertThat(records.stream().filter(r -> r.record().symbol().equals(symbol)).count())
          .as(symbol)
          .isBetween(55L, 65L);
    }
  }

  @Test
  void theSocketTakesLinesAndSendsOnWhatIsOwnedElsewhere() throws Exception {
    SocketFeed feed =
        new SocketFeed(
            new InetSocketAddress("127.0.0.1", 0),
            2,
            loop,
            pump,
            rejects,
            times,
            FeedsIT::micros,
            new Elsewhere(bus),
            (drop, count) -> dropped.add(drop));
    int shardOfA = Placement.shard("A", 2);
    feed.start(shardOfA, 41, sink);
    String other = Placement.shard("B", 2) == shardOfA ? otherThan(shardOfA) : "B";
    await(() -> feed.port() > 0);
    Codecs.register(vertx.eventBus());
    bus.answer(
        Markets.fed(1 - shardOfA),
        FedTaken.class,
        fed -> {
          elsewhere.add(fed);
          return Future.succeededFuture(new FedTaken(fed.shard()));
        });
    try (Socket socket = new Socket("127.0.0.1", feed.port());
        OutputStream out = socket.getOutputStream()) {
      send(out, "{\"type\":\"ticker\",\"symbol\":\"A\",\"time\":7,\"last\":\"1\"}\n{bad\n\n{\"typ");
      await(() -> got.size() == 1 && rejects.count() == 1);
      send(out, "e\":\"ticker\",\"symbol\":\"A\",\"time\":8,\"last\":\"2\"}\n");
      send(out, "{\"type\":\"ticker\",\"symbol\":\"" + other + "\",\"time\":9}\n");
      await(() -> got.size() == 2 && elsewhere.size() == 1);
    }
    assertThat(got).extracting(Feed.Positioned::position).containsExactly(42L, 43L);
    Fed fed = elsewhere.peek();
    assertThat(fed.shard()).isEqualTo(1 - shardOfA);
    assertThat(feed.fed(fed)).as("not read here").isFalse();
    feed.start(fed.shard(), -1, sink);
    assertThat(feed.fed(fed)).isTrue();
    assertThat(got).hasSize(3);
    assertThat(dropped).isEmpty();
    feed.close();
  }

  @Test
  void aShardWithoutAnOwnerHoldsThePublisherBackAndLosesNothing() throws Exception {
    Codecs.register(vertx.eventBus());
    SocketFeed feed =
        new SocketFeed(
            new InetSocketAddress("127.0.0.1", 0),
            1,
            loop,
            pump,
            rejects,
            times,
            FeedsIT::micros,
            new Elsewhere(bus),
            (drop, count) -> dropped.add(drop));
    feed.listen();
    await(() -> feed.port() > 0);
    try (Socket socket = new Socket("127.0.0.1", feed.port());
        OutputStream out = socket.getOutputStream()) {
      for (int i = 0; i < 100; i++) {
        send(out, "{\"type\":\"ticker\",\"symbol\":\"A\",\"time\":7,\"last\":\"" + i + "\"}\n");
      }
    }
    loop.execute(() -> feed.start(0, -1, sink));
    await(() -> got.size() == 100);
    assertThat(got)
        .extracting(each -> ((Ticker) each.record().event()).last().toString())
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(String::valueOf).toList());
    assertThat(dropped).isEmpty();
    feed.close();
  }

  @Test
  void aTimeThatCannotBeTrueIsTheArrivalOnEveryWayIntoTheSocketFeed() throws Exception {
    SocketFeed feed =
        new SocketFeed(
            new InetSocketAddress("127.0.0.1", 0),
            1,
            loop,
            pump,
            rejects,
            times,
            FeedsIT::micros,
            new Elsewhere(bus),
            (drop, count) -> dropped.add(drop));
    feed.start(0, -1, sink);
    await(() -> feed.port() > 0);
    long now = micros();
    List<Long> said =
        List.of(0L, now + 3_600_000_000L, now / 1_000_000, now / 1_000, now, now * 1_000);
    try (Socket socket = new Socket("127.0.0.1", feed.port());
        OutputStream out = socket.getOutputStream()) {
      for (long time : said) {
        String line = "{\"type\":\"ticker\",\"symbol\":\"A\",\"time\":" + time + "}";
        send(out, line + "\n");
        loop.execute(() -> feed.fed(new Fed(0, List.of(line))));
      }
      await(() -> got.size() == said.size() * 2);
    }
    for (Feed.Positioned each : got) {
      assertThat(each.record().time()).isBetween(now - 1_000_000, micros());
    }
    feed.close();
  }

  @Test
  void aCaptureThatIsReadOverAndOverDoesNotOvertakeThePresent() throws Exception {
    Path path = CaptureReaderTest.capture("binance");
    long late = 1_626_916_440_000_000L; // some seconds after its first line
    CaptureFeed feed = new CaptureFeed(path, 0, true, 1, pump, rejects, times, () -> late);
    long once = count(path);
    feed.start(0, -1, sink);
    await(() -> got.size() >= once * 4);
    feed.close();
    assertThat(got).allMatch(each -> each.record().time() <= late + 5_000_000);
  }

  @Test
  void aCaptureIsReadAgainAndGoesOnFromAPosition() throws Exception {
    Path path = CaptureReaderTest.capture("binance");
    long once = count(path);
    CaptureFeed feed = new CaptureFeed(path, 0, true, 1, pump, rejects, times, FeedsIT::micros);
    feed.start(0, -1, sink);
    await(() -> got.size() >= once * 2);
    feed.stop(0);
    List<Feed.Positioned> records = got.stream().limit(once * 2).toList();
    assertThat(records).isSortedAccordingTo((a, b) -> Long.compare(a.position(), b.position()));
    assertThat(records.get((int) once).record().symbol())
        .isEqualTo(records.getFirst().record().symbol());
    assertThat(records.get((int) once).record().time())
        .isGreaterThan(records.get((int) once - 1).record().time());

    Feed.Positioned tenth = records.get(10);
    got.clear();
    feed.start(0, records.get(9).position(), sink);
    await(() -> !got.isEmpty());
    assertThat(got.peek().position()).isEqualTo(tenth.position());
    feed.close();
  }

  private static long micros() {
    return System.currentTimeMillis() * 1_000;
  }

  private long count(Path path) throws IOException {
    long records = 0;
    try (CaptureReader reader = CaptureReader.open(path, rejects, times)) {
      for (var c = reader.next(); c != null; c = reader.next()) {
        records += c.records().size();
      }
    }
    return records;
  }

  private static String otherThan(int shard) {
    char symbol = 'C';
    while (Placement.shard(String.valueOf(symbol), 2) == shard) {
      symbol++;
    }
    return String.valueOf(symbol);
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
