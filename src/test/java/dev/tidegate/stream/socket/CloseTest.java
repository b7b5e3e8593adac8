package dev.tidegate.stream.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Session;
import org.junit.jupiter.api.Test;

/** What a client hears when we close it. */
class CloseTest {
  private final TestFanout floor = new TestFanout(new SteppedLoop());
  private final FakeClient client = new FakeClient(false);
  private final Session session = floor.session(client);

  @Test
  void whenToComeBackIsSaidInTheMessageAndInTheReason() {
    session.close(CloseCode.FEED_LOST, "no market data");
    client.flush();
    JsonNode last = client.replies.getLast();
    assertThat(last.path("op").asText()).isEqualTo("reconnect");
    assertThat(last.path("code").asInt()).isEqualTo(4004);
    assertThat(client.reason)
        .isEqualTo("no market data; retryAfter=" + last.path("retryAfter").asLong());
    assertThat(session.closedWith()).isEqualTo(CloseCode.FEED_LOST);
  }

  @Test
  void aSocketThatTakesNothingHasTheReasonAlone() {
    client.stalled = true;
    session.control(new Replies(new SteppedLoop()).pong(null));
    session.close(CloseCode.SLOW_CONSUMER, "too slow");
    client.stalled = false;
    client.flush();
    assertThat(client.replies).hasSize(1);
    assertThat(client.reason).matches("too slow; retryAfter=\\d+");
  }

  @Test
  void whoMustNotComeBackUnchangedIsNotInvited() {
    session.close(CloseCode.BANNED, "banned");
    client.flush();
    assertThat(client.replies).isEmpty();
    assertThat(client.reason).isEqualTo("banned");
  }
}
