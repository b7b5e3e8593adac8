package dev.tidegate.stream.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Bus;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Nobody;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.RequestDice;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who asks too often learns which of the requests was not carried out, whatever it was. */
class LimitIdsTest {
  private static final Tier SLOW = new Tier(0, 0, 0, 1000, 1, 0, null, null, true);
  private static final Identity ALICE =
      new Identity("alice", "alice", "slow", Set.of(), Long.MAX_VALUE, "key");

  private final Vertx vertx = Vertx.vertx();
  private final SteppedLoop loop = new SteppedLoop();
  private final FakeInstance instance =
      new FakeInstance(loop, new Bus(vertx.eventBus()), new SimpleMeterRegistry(), new Nobody());

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void everyOpThatIsOneTooManyIsRefusedWithItsId() throws Exception {
    Set<String> ops = new TreeSet<>();
    for (String request : RequestDice.right(4711)) {
      FakeClient client = new FakeClient(false);
      Session session = instance.open(client, "a", null);
      session.belongsTo(ALICE, SLOW);
      for (int i = 0; i < 15; i++) {
        send(session, "{\"op\":\"ping\"}");
      }
      assertThat(isLimit(client.replies.getLast())).isTrue();
      send(session, request);
      JsonNode refusal = client.replies.getLast();
      assertThat(isLimit(refusal)).as(request).isTrue();
      assertThat(refusal.path("id").asText()).as(request).isEqualTo("4711");
      ops.add(new ObjectMapper().readTree(request).path("op").asText());
    }
    assertThat(ops).as("all that there are").hasSameSizeAs(Op.class.getPermittedSubclasses());
  }

  private static boolean isLimit(JsonNode reply) {
    return reply.path("code").asText().equals("limit");
  }

  private void send(Session session, String request) {
    byte[] bytes = request.getBytes(UTF_8);
    instance.protocol.message(session, bytes, bytes.length);
    loop.turn();
  }
}
