package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Announcements;
import dev.tidegate.bus.Announcements.Announced;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Announcements.AnnouncementsWanted;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.testing.RawWebSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What followers of {@code status} hear, through a real listener and a market on a real bus. */
class StatusIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long T = 1_700_000_000_000_001L;
  private static final long HOUR = 3_600_000_000L;

  private final List<RawWebSocket> clients = new ArrayList<>();
  private final Map<RawWebSocket, Deque<JsonNode>> came = new HashMap<>();
  private final TestStream stream = new TestStream("AAA", "BBB");
  private final Bus bus = stream.bus;
  private final FakeMarket market = stream.market;
  private long beat;

  @BeforeEach
  void start() {
    for (String symbol : List.of("AAA", "BBB")) {
      market.silently(symbol, Channel.STATUS, T, new Status("live", ""));
      market.silently(
          symbol,
          Channel.BOOK,
          T,
          new Snapshot(List.of(FakeMarket.level("1", "1")), List.of(FakeMarket.level("2", "1"))));
    }
    market.silently("AAA", Channel.TICKER, T, FakeMarket.ticker("1"));
    beat = stream.vertx.setPeriodic(100, timer -> market.heartbeat());
    stream.start("");
  }

  @AfterEach
  void stop() throws Exception {
    for (RawWebSocket client : clients) {
      client.close();
    }
    stream.close();
  }

  private RawWebSocket follow(String symbol) throws IOException {
    RawWebSocket client = RawWebSocket.open(stream.url());
    clients.add(client);
    client.sendText(
        "{\"op\":\"subscribe\",\"id\":1,\"channels\":[{\"channel\":\"status\",\"symbol\":\""
            + symbol
            + "\",\"window\":0}]}");
    return client;
  }

  private JsonNode next(RawWebSocket client) throws IOException {
    Deque<JsonNode> waiting = came.computeIfAbsent(client, c -> new ArrayDeque<>());
    while (waiting.isEmpty()) {
      JsonNode message = JSON.readTree(client.nextText());
      if (message.isArray()) {
        message.forEach(waiting::add);
      }
    }
    return waiting.remove();
  }

  /** Goes round by a real update: had anything else been said before, it would come first. */
  private void nothingMoreFor(RawWebSocket client, String symbol) throws IOException {
    market.say(symbol, Channel.STATUS, T + 9, new Status("halted", "a marker"));
    JsonNode marker = next(client);
    assertThat(marker.path("detail").asText()).isEqualTo("a marker");
  }

  private void delays(long term, boolean whole, Delayed... delayed) {
    bus.publish(Markets.DELAYS, new Delays(0, "e1", "market", term, whole, List.of(delayed)));
  }

  private void feed(long term, State state, String detail) {
    bus.publish(Markets.FEED_STATE, new FeedState(0, "e1", "market", term, state, detail, T));
  }

  @Test
  void saysThatAFeedStandsStillAndThatItIsBack() throws Exception {
    RawWebSocket client = follow("AAA");
    JsonNode first = next(client);
    assertThat(first.path("state").asText()).isEqualTo("live");
    assertThat(first.has("channels")).isFalse();
    final long seq = first.path("seq").asLong();

    feed(1, State.DELAYED, "no broker");
    JsonNode told = next(client);
    assertThat(told.path("state").asText()).isEqualTo("delayed");
    assertThat(told.path("detail").asText()).isEqualTo("no broker");
    assertThat(told.path("channels")).hasToString("[\"book\",\"ticker\"]");
    assertThat(told.path("since").asLong()).isEqualTo(T);
    assertThat(told.path("seq").asLong()).as("outside of the numbering").isEqualTo(seq);

    RawWebSocket late = follow("AAA");
    assertThat(next(late).path("detail").asText()).isEqualTo("no broker");

    feed(1, State.DELAYED, "no broker");
    feed(1, State.LIVE, "");
    for (RawWebSocket each : List.of(client, late)) {
      assertThat(next(each).path("state").asText()).isEqualTo("live");
    }
    feed(1, State.LIVE, "");
    nothingMoreFor(client, "AAA");
  }

  @Test
  void saysWhichChannelsAreSilentAndOnlyWhatChanged() throws Exception {
    RawWebSocket client = follow("*");
    assertThat(List.of(next(client), next(client)))
        .allMatch(m -> m.path("state").asText().equals("live"));

    delays(1, false, new Delayed("AAA", List.of(Channel.TICKER), T));
    JsonNode told = next(client);
    assertThat(told.path("symbol").asText()).isEqualTo("AAA");
    assertThat(told.path("state").asText()).isEqualTo("delayed");
    assertThat(told.path("channels")).hasToString("[\"ticker\"]");

    delays(1, true, new Delayed("AAA", List.of(Channel.TICKER), T + 5));
    delays(0, true);
    delays(1, true, new Delayed(Markets.ALL, List.of(Channel.BOOK, Channel.TICKER), T));
    JsonNode one = next(client);
    JsonNode other = next(client);
    assertThat(List.of(one.path("symbol").asText(), other.path("symbol").asText()))
        .containsExactlyInAnyOrder("AAA", "BBB");
    for (JsonNode each : List.of(one, other)) {
      boolean both = each.path("symbol").asText().equals("AAA");
      assertThat(each.path("channels"))
          .as("of those that the symbol has")
          .hasToString(both ? "[\"book\",\"ticker\"]" : "[\"book\"]");
    }
    delays(2, true);
    assertThat(List.of(next(client), next(client)))
        .allMatch(m -> m.path("state").asText().equals("live") && !m.has("channels"));
    nothingMoreFor(client, "BBB");
  }

  @Test
  void aHaltOfTheSourceCountsMoreThanSilence() throws Exception {
    RawWebSocket client = follow("AAA");
    next(client);
    market.say("AAA", Channel.STATUS, T, new Status("halted", "news pending"));
    assertThat(next(client).path("detail").asText()).isEqualTo("news pending");
    delays(1, false, new Delayed("AAA", List.of(Channel.BOOK), T));
    nothingMoreFor(client, "AAA");
    market.say("AAA", Channel.STATUS, T, new Status("live", ""));
    assertThat(next(client).path("state").asText()).isEqualTo("delayed");
  }

  @Test
  void anOwnerThatIsNotHeardMeansDelayedUntilItIs() throws Exception {
    RawWebSocket client = follow("BBB");
    next(client);
    stream.vertx.cancelTimer(beat);
    JsonNode told = next(client);
    assertThat(told.path("state").asText()).isEqualTo("delayed");
    assertThat(told.path("channels")).hasToString("[\"book\"]");
    assertThat(told.path("detail").asText()).contains("not heard");
    market.heartbeat();
    assertThat(next(client).path("state").asText()).isEqualTo("live");
  }

  @Test
  void announcesMaintenanceBeforeWhileAndAfterIt() throws Exception {
    RawWebSocket client = follow("AAA");
    RawWebSocket bystander = follow("BBB");
    next(client);
    next(bystander);
    long now = System.currentTimeMillis() * 1000;
    Announcement soon =
        new Announcement(
            "a1", "AAA", "maintenance", "new pump", now + HOUR, now + 2 * HOUR, 1, false);
    announce(soon);
    JsonNode ahead = next(client);
    assertThat(ahead.path("state").asText()).isEqualTo("live");
    assertThat(ahead.at("/announced/0/from").asLong()).isEqualTo(now + HOUR);
    assertThat(ahead.at("/announced/0/detail").asText()).isEqualTo("new pump");

    long begin = System.currentTimeMillis() * 1000 + 600_000;
    announce(
        new Announcement("a1", "AAA", "maintenance", "earlier", begin, begin + 900_000, 2, false));
    announce(soon);
    assertThat(next(client).at("/announced/0/detail").asText()).isEqualTo("earlier");
    JsonNode during = next(client);
    assertThat(during.path("state").asText()).isEqualTo("maintenance");
    assertThat(during.path("since").asLong()).isEqualTo(begin);
    JsonNode after = next(client);
    assertThat(after.path("state").asText()).isEqualTo("live");
    assertThat(after.has("announced")).isFalse();
    nothingMoreFor(bystander, "BBB");
  }

  @Test
  void whoStartsLaterIsToldWhatWasAnnounced() throws Exception {
    long now = System.currentTimeMillis() * 1000;
    announce(
        new Announcement("a2", "*", "maintenance", "all of it", now - 1, now + HOUR, 1, false));
    RawWebSocket client = follow("AAA");
    assertThat(next(client).path("state").asText()).isEqualTo("maintenance");
    BlockingQueue<Announced> told = new LinkedBlockingQueue<>();
    bus.hear(Announcements.ANNOUNCED, told::add);
    bus.publish(Announcements.WANTED, new AnnouncementsWanted("n2"));
    Announced answer = told.poll(10, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    assertThat(answer.announcements()).extracting(Announcement::id).containsExactly("a2");
    announce(new Announcement("a2", "*", "maintenance", "", now - 1, now + HOUR, 2, true));
    assertThat(next(client).path("state").asText()).isEqualTo("live");
  }

  private void announce(Announcement announcement) {
    bus.publish(Announcements.ANNOUNCED, new Announced("n9", List.of(announcement)));
  }
}
