package dev.tidegate.stream.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Nobody;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.OnLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions on one event loop, and a COMMAND on the bus that answers as the test wants. */
class LookupsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Bus bus = new Bus(vertx.eventBus());
  private final SteppedLoop loop = new SteppedLoop();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeInstance instance = new FakeInstance(loop, bus, registry, new Nobody());

  @BeforeEach
  void codecs() {
    Codecs.register(vertx.eventBus());
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static Identity identity(String consumer) {
    return new Identity(consumer, consumer, "vip", Set.of(), Long.MAX_VALUE, "key:" + consumer);
  }

  private <T> T on(Callable<T> task) {
    return new OnLoop(context).call(task);
  }

  private void await(String what, Callable<Boolean> holds) {
    Await.await(
        what,
        SOON,
        () ->
            on(
                () -> {
                  loop.turn();
                  return holds.call();
                }));
  }

  private void command(Function<Find, Future<Found>> answer) {
    bus.answer(Commands.FIND, Found.class, answer).completion().await();
  }

  private static Stored stored(String id, String consumer, Status status, @Nullable Result result) {
    return new Stored(id, consumer, status, 1_700_000_000_000L, 1_700_000_000_250L, result);
  }

  private final class Guest {
    final FakeClient client = new FakeClient(false);
    final Session session;

    Guest(@Nullable String consumer) throws Exception {
      session = on(() -> instance.open(client, "a", consumer == null ? null : identity(consumer)));
    }

    void says(String json) throws Exception {
      byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      on(
          () -> {
            instance.protocol.message(session, bytes, bytes.length);
            loop.turn();
            return null;
          });
    }

    List<JsonNode> replies(int count) throws Exception {
      await(count + " replies", () -> client.replies.size() >= count);
      return on(() -> List.copyOf(client.replies));
    }
  }

  @Test
  void showsItsOwnerTheRecord() throws Exception {
    Result result = new Result(201, "{\"order\":7}".getBytes(StandardCharsets.UTF_8));
    List<Find> asked = new CopyOnWriteArrayList<>();
    command(
        find -> {
          asked.add(find);
          return Future.succeededFuture(
              new Found(stored(find.id(), find.consumer(), Status.COMPLETED, result)));
        });
    Guest alice = new Guest("alice");
    alice.says("{'op':'request','id':9,'request':'0198c0c4'}");
    assertThat(alice.replies(1).getFirst().toString().replace('"', '\''))
        .isEqualTo(
            "{'op':'request','id':9,'request':{'id':'0198c0c4','status':'completed',"
                + "'acceptedAt':'2023-11-14T22:13:20.000Z','updatedAt':'2023-11-14T22:13:20.250Z',"
                + "'result':{'status':201,'body':{'order':7}}}}");
    assertThat(asked).containsExactly(new Find("0198c0c4", "alice"));
  }

  @Test
  void whatIsNotThereAndWhatIsSomebodyElsesIsTheSame() throws Exception {
    command(
        find -> {
          boolean theirs = find.id().equals("hers") && find.consumer().equals("alice");
          return Future.succeededFuture(
              new Found(theirs ? stored("hers", "alice", Status.ACCEPTED, null) : null));
        });
    Guest bob = new Guest("bob");
    bob.says("{'op':'request','id':1,'request':'hers'}");
    bob.says("{'op':'request','id':1,'request':'nobody´s'}");
    List<JsonNode> replies = bob.replies(2);
    assertThat(replies.get(0)).isEqualTo(replies.get(1));
    assertThat(replies.get(0).path("code").asText()).isEqualTo("unknown-request");
    assertThat(replies.get(0).path("request").asText()).isEqualTo("request");
    assertThat(replies.get(0).path("id").asInt()).isOne();
  }

  @Test
  void nobodyAsksWithoutALogin() throws Exception {
    Guest nobody = new Guest(null);
    nobody.says("{'op':'request','id':1,'request':'r'}");
    assertThat(nobody.replies(1).getFirst().path("code").asText()).isEqualTo("unauthenticated");
  }

  @Test
  void saysWhenCommandOrItsStateIsAway() throws Exception {
    Guest alice = new Guest("alice");
    alice.says("{'op':'request','id':1,'request':'r'}");
    JsonNode nobody = alice.replies(1).getFirst();
    assertThat(nobody.path("code").asText()).isEqualTo("unavailable");
    assertThat(nobody.path("detail").asText()).contains("not running");
    command(find -> Future.failedFuture("redis://secret is away"));
    alice.says("{'op':'request','id':2,'request':'r'}");
    JsonNode failed = alice.replies(2).get(1);
    assertThat(failed.path("code").asText()).isEqualTo("unavailable");
    assertThat(failed.path("id").asInt()).isEqualTo(2);
    assertThat(failed.path("detail").asText()).doesNotContain("redis");
    assertThat(alice.session.conduct.finding).isZero();
    assertThat(alice.client.closed).isNull();
  }

  @Test
  void onlySoManyAreOnTheirWay() throws Exception {
    List<Promise<Found>> answers = new CopyOnWriteArrayList<>();
    command(
        find -> {
          Promise<Found> answer = Promise.promise();
          answers.add(answer);
          return answer.future();
        });
    Guest alice = new Guest("alice");
    for (int i = 0; i <= Lookups.MOST; i++) {
      alice.says("{'op':'request','id':" + i + ",'request':'r" + i + "'}");
    }
    JsonNode refused = alice.replies(1).getFirst();
    assertThat(refused.path("code").asText()).isEqualTo("limit");
    assertThat(refused.path("id").asInt()).isEqualTo(Lookups.MOST);
    await("all have been asked", () -> answers.size() == Lookups.MOST);
    for (Promise<Found> answer : new ArrayList<>(answers)) {
      answer.complete(new Found(stored("r", "alice", Status.PROCESSING, null)));
    }
    assertThat(alice.replies(1 + Lookups.MOST)).hasSize(1 + Lookups.MOST);
    alice.says("{'op':'request','id':99,'request':'r'}");
    await("there is room again", () -> answers.size() == Lookups.MOST + 1);
  }

  @Test
  void anAnswerForWhoIsGoneIsDropped() throws Exception {
    Promise<Found> answer = Promise.promise();
    List<Find> asked = new CopyOnWriteArrayList<>();
    command(
        find -> {
          asked.add(find);
          return answer.future();
        });
    Guest alice = new Guest("alice");
    alice.says("{'op':'request','id':1,'request':'r'}");
    await("it has been asked", () -> !asked.isEmpty());
    on(
        () -> {
          instance.end(alice.session);
          return null;
        });
    answer.complete(new Found(stored("r", "alice", Status.COMPLETED, null)));
    await("the answer has come", () -> alice.session.conduct.finding == 0);
    assertThat(on(() -> List.copyOf(alice.client.replies))).isEmpty();
    assertThat(on(alice.client::pending)).isZero();
  }
}
