package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Numbering;
import dev.tidegate.bus.Operations;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import dev.tidegate.rules.TierLimits;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Token;
import dev.tidegate.stream.socket.ClientFrames;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.JsonSocket;
import io.vertx.core.Future;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real listener, a market on a real bus, and a client that is not ours: the JDK's. */
class StreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BOOK = Numbering.of("e1", Channel.BOOK, "AAA", 0, "");
  private static final String TRADES = Numbering.of("e1", Channel.TRADES, "AAA", 0, "");

  private final List<JsonSocket> clients = new ArrayList<>();
  private final List<Transition> privates = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Submit> submitted = new LinkedBlockingQueue<>();
  private final Rules rules = new Rules();
  private final TestStream stream = new TestStream(new Keys(), rules, "AAA", "BBB");
  private final Bus bus = stream.bus;
  private final FakeMarket market = stream.market;

  @BeforeEach
  void start() throws Exception {
    market.silently("AAA", Channel.BOOK, 1_700_000_000_000_001L, book("100.1", "100.2"));
    market.silently("BBB", Channel.BOOK, 1_700_000_000_000_002L, book("7", "8"));
    bus.answer(Commands.READ_PRIVATE, PrivateEvents.class, this::readPrivate);
    bus.answer(Commands.SUBMIT, Receipt.class, this::submit);
    stream.start(config(""));
  }

  /** What the tests of one behaviour want otherwise, as the file would say it. */
  private static String config(String others) {
    return """
        drain: 2s
        adaptive: false
        echo: true
        cancelOnDisconnect: {topic: commands, route: orders, path: /v1/orders}
        """
        + others;
  }

  @AfterEach
  void stop() {
    clients.forEach(JsonSocket::close);
    stream.close();
  }

  private static Snapshot book(String bid, String ask) {
    return new Snapshot(List.of(FakeMarket.level(bid, "1")), List.of(FakeMarket.level(ask, "2")));
  }

  private Future<PrivateEvents> readPrivate(ReadPrivate question) {
    List<Transition> kept =
        privates.stream()
            .filter(t -> t.consumer().equals(question.consumer()))
            .filter(t -> t.channel().equals(question.channel()))
            .filter(t -> question.epoch() != null && t.seq() > question.afterSeq())
            .toList();
    long last =
        privates.stream()
            .filter(t -> t.consumer().equals(question.consumer()))
            .filter(t -> t.channel().equals(question.channel()))
            .mapToLong(Transition::seq)
            .max()
            .orElse(0);
    return Future.succeededFuture(new PrivateEvents("p1", last, true, kept));
  }

  private Future<Receipt> submit(Submit submit) {
    submitted.add(submit);
    Stored record = new Stored("id", submit.consumer(), Status.ACCEPTED, 1, 1, null);
    return Future.succeededFuture(new Commands.Accepted(record, false));
  }

  private Transition transition(String consumer, long seq, Status status) {
    return new Transition(
        consumer, "requests", "p1", seq, new Stored("r" + seq, consumer, status, 5, 6, null));
  }

  /** Keys are the consumers' names; a token is a name and when it expires. */
  private static final class Keys implements Authenticator {
    @Override
    public Verdict apiKey(String key) {
      return key.endsWith("-key")
          ? new Verdict(identity(key.replace("-key", ""), Long.MAX_VALUE), null)
          : new Verdict(null, "no such key");
    }

    @Override
    public Verdict bearer(String token) {
      String[] parts = token.split("@");
      return parts.length == 2
          ? new Verdict(identity(parts[0], Long.parseLong(parts[1])), null)
          : new Verdict(null, "not a token");
    }

    private static Identity identity(String name, long expires) {
      return new Identity(name, name + "-account", "registered", Set.of(), expires, name);
    }
  }

  private JsonSocket client(String path, String... headers) {
    JsonSocket client = JsonSocket.open(stream.url(path), headers);
    clients.add(client);
    return client;
  }

  private JsonSocket connect() {
    JsonSocket client = client("/v1/stream");
    assertThat(client.next().path("op").asText()).isEqualTo("welcome");
    return client;
  }

  @Test
  void snapshotThenDeltasAndTradesAsTheContractShowsThem() {
    JsonSocket client = connect();
    client.send(
        "{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'AAA'},"
            + "{'channel':'trades','symbol':'AAA'}]}");
    JsonNode subscribed = client.next();
    assertThat(subscribed.path("op").asText()).isEqualTo("subscribed");
    assertThat(subscribed.path("id").asInt()).isEqualTo(1);
    assertThat(subscribed.path("channels").get(0).path("epoch").asText()).isEqualTo(BOOK);
    assertThat(subscribed.path("channels").get(0).path("recovered").asBoolean()).isFalse();
    assertThat(client.data().get(0).toString())
        .isEqualTo(
            ("{'channel':'book','symbol':'AAA','kind':'snapshot','epoch':'%s','seq':1,"
                    + "'bids':[['100.1','1']],'asks':[['100.2','2']],'time':1700000000000001}")
                .formatted(BOOK)
                .replace('\'', '"'));
    market.say("AAA", Channel.BOOK, 1_700_000_000_000_003L, FakeMarket.bid("100.10", "0"));
    assertThat(client.data().get(0).toString())
        .isEqualTo(
            ("{'channel':'book','symbol':'AAA','kind':'delta','prevSeq':1,'seq':2,"
                    + "'bids':[['100.10','0']],'asks':[],'time':1700000000000003}")
                .replace('\'', '"'));
    market.say("AAA", Channel.TRADES, 1_700_000_000_000_004L, FakeMarket.trade("a1"));
    assertThat(client.data().get(0).toString())
        .isEqualTo(
            ("{'channel':'trades','symbol':'AAA','prevSeq':0,'seq':1,'trades':[{'seq':1,'id':'a1',"
                    + "'price':'100.10','size':'0.3','side':'buy','time':1700000000000004}]}")
                .replace('\'', '"'));
  }

  @Test
  void repeatsAndHolesOnTheBusDoNotReachTheClient() {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','channels':[{'channel':'book','symbol':'AAA'}]}");
    client.data();
    market.say("AAA", Channel.BOOK, 10, FakeMarket.bid("99", "1"));
    market.repeat(1);
    market.silently("AAA", Channel.BOOK, 11, FakeMarket.bid("98", "1"));
    market.say("AAA", Channel.BOOK, 12, FakeMarket.bid("97", "1"));
    long seq = 1;
    while (seq < 4) {
      for (JsonNode message : client.data()) {
        assertThat(message.path("prevSeq").asLong()).isEqualTo(seq);
        seq = message.path("seq").asLong();
      }
    }
  }

  @Test
  void headersThatAreListsMayComeInLinesAndRequestsRightBehindTheUpgrade() throws Exception {
    String request =
        String.join(
            "\r\n",
            "GET /v1/stream HTTP/1.1",
            "Host: a",
            "Connection: keep-alive",
            "Connection: Upgrade, x",
            "Upgrade: h3, WebSocket",
            "Sec-WebSocket-Protocol: other",
            "Sec-WebSocket-Protocol: tidegate.v1.json",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "\r\n");
    byte[] ping = "{\"op\":\"ping\",\"id\":7}".getBytes(StandardCharsets.UTF_8);
    byte[] together = ClientFrames.together(request.getBytes(StandardCharsets.UTF_8), frame(ping));
    try (Socket socket = new Socket("127.0.0.1", stream.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(together);
      StringBuilder heard = new StringBuilder();
      while (!heard.toString().contains("\"id\":7")) {
        int next = socket.getInputStream().read();
        assertThat(next).as(heard.toString()).isNotNegative();
        heard.append((char) next);
      }
      assertThat(heard).startsWith("HTTP/1.1 101").contains("\"welcome\"", "\"pong\"");
      assertThat(heard.indexOf("welcome")).isLessThan(heard.indexOf("pong"));
    }
  }

  private static byte[] frame(byte[] text) {
    return ClientFrames.frame(0x81, text);
  }

  @Test
  void aNewEpochBringsAFreshSnapshot() {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','channels':[{'channel':'book','symbol':'AAA'}]}");
    client.data();
    market.newEpoch("e2");
    JsonNode snapshot = client.data().get(0);
    assertThat(snapshot.path("kind").asText()).isEqualTo("snapshot");
    assertThat(snapshot.path("epoch").asText())
        .isEqualTo(Numbering.of("e2", Channel.BOOK, "AAA", 0, ""));
  }

  @Test
  void resumesTradesAndBookWhereTheClientStood() {
    for (int i = 0; i < 10; i++) {
      market.say("AAA", Channel.TRADES, 20 + i, FakeMarket.trade("t" + i));
      market.say("AAA", Channel.BOOK, 20 + i, FakeMarket.bid("90", String.valueOf(i)));
    }
    JsonSocket client = connect();
    client.send(
        "{'op':'subscribe','id':2,'channels':[{'channel':'trades','symbol':'AAA','since':{'epoch':"
            + "'%s','seq':4}},{'channel':'book','symbol':'AAA','since':{'epoch':'%s','seq':5}}]}"
                .formatted(TRADES, BOOK));
    JsonNode subscribed = client.reply("subscribed");
    assertThat(subscribed.path("channels").findValuesAsText("recovered"))
        .containsExactly("true", "true");
    JsonNode batch = client.data();
    assertThat(batch.get(0).path("prevSeq").asLong()).isEqualTo(4);
    assertThat(batch.get(0).path("trades")).hasSize(6);
    assertThat(batch.get(1).path("kind").asText()).isEqualTo("delta");
    assertThat(batch.get(1).path("prevSeq").asLong()).isEqualTo(5);
    assertThat(batch.get(1).path("seq").asLong()).isEqualTo(11);
  }

  @Test
  void resumingInAnotherEpochIsNotRecovered() {
    market.say("AAA", Channel.TRADES, 20, FakeMarket.trade("t"));
    JsonSocket client = connect();
    client.send(
        "{'op':'subscribe','channels':[{'channel':'trades','symbol':'AAA','since':{'epoch':"
            + "'old','seq':4}}]}");
    JsonNode channel = client.reply("subscribed").path("channels").get(0);
    assertThat(channel.path("recovered").asBoolean()).isFalse();
    assertThat(channel.path("first").asLong()).isEqualTo(1);
    assertThat(client.data().get(0).path("trades")).hasSize(1);
  }

  @Test
  void allSymbolsIncludesThoseThatComeLater() {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','id':9,'channels':[{'channel':'ticker','symbol':'*'}]}");
    client.reply("subscribed");
    market.say("BBB", Channel.TICKER, 1_700_000_000_000_000L, FakeMarket.ticker("7.5"));
    assertThat(client.data().get(0).path("symbol").asText()).isEqualTo("BBB");
    market.list("CCC");
    market.say("CCC", Channel.TICKER, 1_700_000_000_000_001L, FakeMarket.ticker("9"));
    assertThat(client.data().get(0).path("symbol").asText()).isEqualTo("CCC");
  }

  @Test
  void refusalsAreCodedAndAbuseIsClosed() throws Exception {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','id':3,'channels':[{'channel':'book','symbol':'NOPE'}]}");
    JsonNode error = client.reply("error");
    assertThat(error.path("code").asText()).isEqualTo("unknown-symbol");
    assertThat(error.path("id").asInt()).isEqualTo(3);
    client.send("{'op':'subscribe','id':4,'channels':[{'channel':'requests'}]}");
    assertThat(client.reply("error").path("code").asText()).isEqualTo("unauthenticated");
    client.send("{'op':'ping','id':'x'}");
    assertThat(client.reply("pong").path("id").asText()).isEqualTo("x");
    for (int i = 0; i < 30; i++) {
      client.send("{");
    }
    assertThat(client.closed()).startsWith("4501 ");
  }

  @Test
  void onlyTheOwnerHearsOfARequestAndMissedOnesComeBack() {
    JsonSocket bob = client("/v1/stream", "X-API-Key", "bob-key");
    bob.send("{'op':'subscribe','id':1,'channels':[{'channel':'requests'}]}");
    bob.reply("subscribed");
    JsonSocket alice = connect();
    alice.send("{'op':'login','id':1,'token':'alice@99999999999999'}");
    assertThat(alice.reply("loggedIn").path("consumer").asText()).isEqualTo("alice");
    alice.send("{'op':'subscribe','id':2,'channels':[{'channel':'requests'}]}");
    assertThat(alice.reply("subscribed").path("channels").get(0).path("epoch").asText())
        .isEqualTo("p1");
    privates.add(transition("alice", 1, Status.ACCEPTED));
    bus.publish(Commands.outcome(Commands.shardOf("alice")), privates.get(0));
    assertThat(alice.data().get(0).path("status").asText()).isEqualTo("accepted");
    privates.add(transition("alice", 2, Status.PROCESSING)); // the bus loses this one
    privates.add(transition("alice", 3, Status.COMPLETED));
    bus.publish(Commands.outcome(Commands.shardOf("alice")), privates.get(2));
    JsonNode both = alice.data();
    assertThat(both.findValuesAsText("status")).containsExactly("processing", "completed");
    bob.send("{'op':'ping','id':7}");
    assertThat(bob.next().path("op").asText()).as("bob hears of nothing else").isEqualTo("pong");
  }

  @Test
  void thePrivateMessageThatTheBusLosesLastComesWithinSeconds() {
    JsonSocket alice = client("/v1/stream", "X-API-Key", "alice-key");
    alice.send("{'op':'subscribe','id':1,'channels':[{'channel':'requests'}]}");
    alice.reply("subscribed");
    privates.add(transition("alice", 1, Status.ACCEPTED)); // nobody hears of it
    long from = System.nanoTime();
    assertThat(alice.data().findValuesAsText("id")).containsExactly("r1");
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(7));
    alice.send("{'op':'ping','id':7}");
    assertThat(alice.next().path("op").asText()).as("and comes once").isEqualTo("pong");
  }

  @Test
  void privateMessagesResume() {
    for (int i = 1; i <= 3; i++) {
      privates.add(transition("alice", i, Status.ACCEPTED));
    }
    JsonSocket alice = client("/v1/stream?token=alice@99999999999999");
    alice.send(
        "{'op':'subscribe','channels':[{'channel':'requests','since':{'epoch':'p1','seq':1}}]}");
    assertThat(alice.reply("subscribed").path("channels").get(0).path("recovered").asBoolean())
        .isTrue();
    assertThat(alice.data().findValuesAsText("id")).containsExactly("r2", "r3");
  }

  @Test
  void expiryClosesWithinASecond() throws Exception {
    long expires = System.currentTimeMillis() + 300;
    JsonSocket alice = client("/v1/stream", "Authorization", "Bearer alice@" + expires);
    assertThat(alice.closed()).startsWith("4502 ");
    assertThat(System.currentTimeMillis() - expires).isBetween(0L, 1_000L);
  }

  @Test
  void cancelsOrdersWhenAnArmedSessionIsGone() throws Exception {
    JsonSocket alice = client("/v1/stream", "X-API-Key", "alice-key");
    alice.send("{'op':'cancelOnDisconnect','id':1,'grace':50}");
    assertThat(alice.reply("cancelOnDisconnect").path("armed").asBoolean()).isTrue();
    alice.close();
    Submit submit = submitted.poll(10, TimeUnit.SECONDS);
    assertThat(submit).isNotNull();
    assertThat(submit.consumer()).isEqualTo("alice");
    assertThat(submit.account()).isEqualTo("alice-account");
    assertThat(submit.method()).isEqualTo("DELETE");
  }

  @Test
  void cancelsForEachArmedSessionUnlessAnotherOneNamesIt() throws Exception {
    JsonSocket first = client("/v1/stream", "X-API-Key", "alice-key");
    JsonSocket second = client("/v1/stream", "X-API-Key", "alice-key");
    String firstId = first.reply("welcome").path("session").asText();
    String secondId = second.reply("welcome").path("session").asText();
    first.send("{'op':'cancelOnDisconnect','id':1,'grace':0}");
    first.reply("cancelOnDisconnect");
    second.send("{'op':'cancelOnDisconnect','id':1,'grace':0}");
    second.reply("cancelOnDisconnect");
    first.close();
    Submit submit = submitted.poll(10, TimeUnit.SECONDS);
    assertThat(submit).isNotNull();
    assertThat(new String(submit.body(), StandardCharsets.UTF_8)).contains(firstId);

    JsonSocket third = client("/v1/stream", "X-API-Key", "alice-key");
    String thirdId = third.reply("welcome").path("session").asText();
    third.send("{'op':'cancelOnDisconnect','id':1,'grace':0,'replaces':'" + secondId + "'}");
    third.reply("cancelOnDisconnect");
    second.close();
    third.close();
    submit = submitted.poll(10, TimeUnit.SECONDS);
    assertThat(submit).isNotNull();
    assertThat(new String(submit.body(), StandardCharsets.UTF_8)).contains(thirdId);
    assertThat(submitted).isEmpty();
  }

  @Test
  void whoReconnectsInALoopIsToldOnTheSocketAndThenRefused() throws Exception {
    stream.restart(config("storm: {connections: 3, within: 10s}"));
    String[] key = {"X-API-Key", "carol-key"};
    JsonNode told = null;
    for (int i = 0; i < 50 && told == null; i++) {
      told = comeAndGo(key);
    }
    assertThat(told).isNotNull();
    assertThat(told.path("code").asInt()).isEqualTo(4005);
    assertThat(told.path("retryAfter").asLong()).isBetween(1_000L, 1_500L);
    int retryAfter = 0;
    for (int i = 0; i < 500 && retryAfter < 8; i++) {
      try {
        comeAndGo(key);
      } catch (CompletionException e) {
        HttpResponse<?> refused = ((WebSocketHandshakeException) e.getCause()).getResponse();
        assertThat(refused.statusCode()).isEqualTo(429);
        retryAfter = Integer.parseInt(refused.headers().firstValue("retry-after").orElse("0"));
      }
    }
    assertThat(retryAfter).as("hammering made it longer").isBetween(8, 24);
    BlockingQueue<String> shown = new LinkedBlockingQueue<>();
    bus.hear(Operations.shown("loops"), part -> shown.add(part.json()));
    bus.publish(Operations.show("sessions"), new Operations.Show("sessions", null, 10, "loops"));
    JsonNode json = JSON.readTree(shown.poll(10, TimeUnit.SECONDS));
    assertThat(json.path("loops").get(0).path("who").asText()).isEqualTo("user:carol");
    client("/v1/stream", "X-API-Key", "alice-key").reply("welcome");
  }

  /** A short session; when it is not let in, what it is told. */
  private JsonNode comeAndGo(String... key) throws Exception {
    JsonSocket client = client("/v1/stream", key);
    JsonNode first = client.next();
    if (first.path("op").asText().equals("reconnect")) {
      assertThat(client.closed())
          .matches("4005 reconnecting too often: \\d+ sessions ended within 10 s; retryAfter=\\d+");
      return first;
    }
    client.send("{");
    client.sendClose();
    client.closed();
    return null;
  }

  @Test
  void whoIsRefusedForALimitIsNoLoop() throws Exception {
    stream.restart(
        config(
            """
            tiers:
              registered: {rank: 1, connectionsPerUser: 1, subscriptions: 2, messagesPerSecond: 3}
            storm: {connections: 3, within: 10s}
            """));
    JsonSocket alice = client("/v1/stream", "X-API-Key", "alice-key");
    alice.reply("welcome");
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> refused = JsonSocket.refusal(stream.url(), "X-API-Key", "alice-key");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("retry-after")).contains("5");
    }
  }

  /** A token in which every channel has its place: what has not come yet has none. */
  private static String wholeToken(JsonSocket client) throws Refusal {
    while (true) {
      client.send("{'op':'token','id':2}");
      String token = client.reply("token").path("token").asText();
      if (Token.read(new Op.Resume(null, token)).channels().stream()
          .allMatch(wanted -> wanted.key().wildcard() || wanted.since() != null)) {
        return token;
      }
    }
  }

  @Test
  void aTokenTakesEverythingAlong() throws Refusal {
    market.say("AAA", Channel.TRADES, 20, FakeMarket.trade("t1"));
    privates.add(transition("alice", 1, Status.ACCEPTED));
    JsonSocket alice = client("/v1/stream", "X-API-Key", "alice-key");
    alice.send(
        "{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'AAA'},"
            + "{'channel':'trades','symbol':'*','window':10},{'channel':'requests'}]}");
    alice.data();
    String token = wholeToken(alice);
    alice.close();
    market.say("AAA", Channel.TRADES, 21, FakeMarket.trade("t2"));
    market.say("AAA", Channel.BOOK, 22, FakeMarket.bid("99", "1"));
    privates.add(transition("alice", 2, Status.COMPLETED));

    JsonSocket again = client("/v1/stream", "X-API-Key", "alice-key");
    again.send("{'op':'resume','id':3,'token':'" + token + "'}");
    JsonNode subscribed = again.reply("subscribed");
    assertThat(subscribed.path("id").asInt()).isEqualTo(3);
    assertThat(subscribed.path("channels").findValuesAsText("recovered"))
        .as("the book, the requests, the trades of each symbol")
        .containsExactly("true", "true", "true", "true");
    List<JsonNode> missed = new ArrayList<>();
    while (missed.size() < 3) {
      again.data().forEach(missed::add);
    }
    assertThat(missed)
        .extracting(m -> m.path("channel").asText() + " " + m.path("seq").asLong())
        .containsExactlyInAnyOrder("requests 2", "book 2", "trades 2");
    again.send("{'op':'unsubscribe','id':4,'channels':[{'channel':'trades','symbol':'*'}]}");
    again.reply("unsubscribed");
    again.send("{'op':'token','id':5}");
    assertThat(again.reply("token").path("token").asText()).isNotEqualTo(token);
  }

  @Test
  void aTokenGivesNobodyWhatHeMayNotHave() {
    JsonSocket alice = client("/v1/stream", "X-API-Key", "alice-key");
    alice.send("{'op':'subscribe','id':1,'channels':[{'channel':'requests'}]}");
    alice.reply("subscribed");
    alice.send("{'op':'token','id':2}");
    String token = alice.reply("token").path("token").asText();
    JsonSocket nobody = connect();
    nobody.send("{'op':'resume','id':3,'token':'" + token + "'}");
    JsonNode error = nobody.reply("error");
    assertThat(error.path("code").asText()).isEqualTo("unauthenticated");
    assertThat(error.path("request").asText()).isEqualTo("resume");
    nobody.send("{'op':'resume','id':4,'token':'AAAA'}");
    assertThat(nobody.reply("error").path("code").asText()).isEqualTo("bad-request");
  }

  @Test
  void tellsClientsToGoBeforeItLeaves() throws Exception {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','channels':[{'channel':'book','symbol':'AAA'}]}");
    client.data();
    Future<Void> gone = stream.leave();
    JsonNode reconnect = client.reply("reconnect");
    assertThat(reconnect.path("token").asText()).isNotEmpty();
    assertThat(reconnect.path("within").asLong()).isEqualTo(2_000);
    assertThat(reconnect.path("retryAfter").asLong()).isBetween(0L, 2_000L);
    assertThat(client.closed()).matches("4001 this node is leaving; retryAfter=\\d+");
    Await.get(gone);
  }

  @Test
  void httpThatIsNoWebSocketGetsAProblem() throws Exception {
    assertThat(status("/elsewhere")).isEqualTo(404);
    assertThat(status("/v1/stream")).isEqualTo(426);
    HttpResponse<String> form = JsonSocket.refusal(stream.url() + "?snapshots=half");
    assertThat(form.statusCode()).isEqualTo(400);
    assertThat(form.body()).contains("snapshots: expected parts or whole");
    HttpResponse<String> unknown = JsonSocket.refusal(stream.url(), "X-API-Key", "wrong");
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(unknown.body()).path("type").asText())
        .isEqualTo("/problems/unauthenticated");
  }

  private int status(String path) throws Exception {
    HttpResponse<String> response = GatewayCluster.get(stream.url(path).replace("ws:", "http:"));
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    return response.statusCode();
  }

  @Test
  void showsItsSessionsToOperators() throws Exception {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','channels':[{'channel':'ticker','symbol':'AAA','window':100}]}");
    client.reply("subscribed");
    BlockingQueue<String> shown = new LinkedBlockingQueue<>();
    bus.hear(Operations.shown("reply"), part -> shown.add(part.json()));
    bus.publish(Operations.show("sessions"), new Operations.Show("sessions", null, 10, "reply"));
    JsonNode json = JSON.readTree(shown.poll(10, TimeUnit.SECONDS));
    assertThat(json.path("sessions").asInt()).isEqualTo(1);
    assertThat(json.path("list").get(0).path("windows").get(0).asInt()).isEqualTo(100);
    assertThat(json.path("list").get(0).path("step").asInt()).isZero();
    assertThat(json.path("list").get(0).path("why").asText()).isEqualTo("keeps up");
    assertThat(json.path("shown").asInt()).isEqualTo(1);
    String id = json.path("list").get(0).path("session").asText();
    bus.publish(Operations.show("sessions"), new Operations.Show("sessions", id, 10, "reply"));
    JsonNode one = JSON.readTree(shown.poll(10, TimeUnit.SECONDS)).path("list").get(0);
    assertThat(one.path("channels").get(0).path("window").asInt()).isEqualTo(100);
    bus.publish(Operations.show("sessions"), new Operations.Show("sessions", "no", 10, "reply"));
    assertThat(shown.poll(10, TimeUnit.SECONDS)).isEqualTo("{}");
  }

  @Test
  void holdsATierToItsLimitsAndEntitlements() throws Exception {
    stream.restart(
        config(
            """
        tiers:
          registered:
            rank: 1
            connectionsPerUser: 1
            subscriptions: 2
            messagesPerSecond: 3
            channels: [book]
            symbols: [A*]
        """));
    JsonSocket alice = client("/v1/stream", "X-API-Key", "alice-key");
    assertThat(JsonSocket.refusal(stream.url(), "X-API-Key", "alice-key").statusCode())
        .isEqualTo(429);
    alice.send("{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'BBB'}]}");
    assertThat(alice.reply("error").path("code").asText()).isEqualTo("not-entitled");
    alice.send(
        "{'op':'subscribe','id':2,'channels':[{'channel':'book','symbol':'AAA'},{'channel':'book',"
            + "'symbol':'AAA','depth':5},{'channel':'book','symbol':'AAA','depth':1}]}");
    assertThat(alice.reply("error").path("code").asText()).isEqualTo("limit");
    for (int i = 0; i < 40; i++) {
      alice.send("{'op':'ping','id':" + i + "}");
    }
    JsonNode refused = alice.reply("error");
    assertThat(refused.path("code").asText()).isEqualTo("limit");
    assertThat(refused.path("id").isInt()).as("which of them").isTrue();
    assertThat(alice.closed()).startsWith("4503 ");
    TierLimits more = new TierLimits(2, null, 5, null, null);
    rules.set(new RuleSet(1, List.of(new Rule.TierChange("registered", more, "ops", 1))));
    JsonSocket again = client("/v1/stream", "X-API-Key", "alice-key");
    again.reply("welcome");
    again.send(
        "{'op':'subscribe','id':2,'channels':[{'channel':'book','symbol':'AAA'},{'channel':'book',"
            + "'symbol':'AAA','depth':5},{'channel':'book','symbol':'AAA','depth':1}]}");
    again.reply("subscribed");
  }

  @Test
  void depthViewsTellOnlyWhatMovesThem() {
    JsonSocket client = connect();
    client.send("{'op':'subscribe','channels':[{'channel':'book','symbol':'AAA','depth':1}]}");
    assertThat(client.data().get(0).path("depth").asInt()).isEqualTo(1);
    market.say("AAA", Channel.BOOK, 5, FakeMarket.bid("50", "1"));
    market.say("AAA", Channel.BOOK, 6, FakeMarket.bid("100.15", "3"));
    JsonNode delta = client.data().get(0);
    assertThat(delta.path("prevSeq").asLong()).isEqualTo(1);
    assertThat(delta.path("seq").asLong()).isEqualTo(3);
    assertThat(delta.path("bids").toString()).isEqualTo("[[\"100.15\",\"3\"],[\"100.1\",\"0\"]]");
  }

  @Test
  void extrasComeOnRequest() {
    JsonSocket client = connect();
    client.send(
        "{'op':'subscribe','channels':[{'channel':'book','symbol':'AAA','window':10,'meta':true,"
            + "'checksum':true}]}");
    client.data();
    market.say("AAA", Channel.BOOK, 5, FakeMarket.bid("50", "1"));
    JsonNode delta = client.data().get(0);
    assertThat(delta.path("merged").asInt()).isEqualTo(1);
    assertThat(delta.path("window").asInt()).isEqualTo(10);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update("100.1:1:100.2:2:50:1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertThat(delta.path("checksum").asLong()).isEqualTo(crc.getValue());
  }
}
