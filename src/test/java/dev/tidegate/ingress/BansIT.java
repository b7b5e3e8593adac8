package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bans on real requests, also behind a proxy that is trusted. */
@Timeout(60)
class BansIT {
  private final Backend backend = new Backend(Backend::echoHead);
  private final TestGateway gateway =
      new TestGateway()
          .http("trustedProxies: [127.0.0.1]")
          .routes(Routes.of("id: either, prefix: /either, upstream: backend, auth: either"))
          .upstream("backend", backend.port)
          .start();

  BansIT() throws IOException {}

  @AfterEach
  void stop() {
    gateway.close();
    backend.close();
  }

  private Answer get(String path, String headers) throws IOException {
    return RawHttp.once(
        gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
  }

  private int status(String consumer, String from) throws IOException {
    return get("/either", "X-API-Key: " + consumer + "-key\r\nX-Forwarded-For: " + from + "\r\n")
        .status();
  }

  private void ban(@Nullable String address, @Nullable String consumer) {
    gateway.rules.set(
        new RuleSet(1, List.of(new Rule.Ban("b-1", address, consumer, "crawls", "ops", 1, 0))));
  }

  @Test
  void refusesAnAddressBehindATrustedProxyBeforeItIsRouted() throws IOException {
    assertThat(status("alice", "203.0.113.7")).isEqualTo(200);
    ban("203.0.113.0/24", null);
    assertThat(status("alice", "203.0.113.7")).isEqualTo(403);
    assertThat(status("alice", "203.0.114.7")).isEqualTo(200);
    assertThat(status("alice", "2001:db8::1")).isEqualTo(200);
    Answer nowhere = get("/nowhere", "X-Forwarded-For: 203.0.113.9\r\n");
    assertThat(nowhere.status()).isEqualTo(403);
    assertThat(nowhere.header("content-type")).isEqualTo("application/problem+json");
    assertThat(nowhere.header("connection")).isEqualTo("close");
    assertThat(nowhere.body())
        .contains("\"type\":\"/problems/banned\"")
        .contains("\"detail\":\"banned: crawls\"");
    assertThat(refusals("banned-address")).isEqualTo(2);
    ban("2001:db8::/48", null);
    assertThat(status("alice", "2001:db8::1")).isEqualTo(403);
    gateway.rules.set(RuleSet.EMPTY);
    assertThat(status("alice", "2001:db8::1")).isEqualTo(200);
  }

  @Test
  void refusesAConsumerWhereverItComesFrom() throws IOException {
    ban(null, "alice");
    assertThat(status("alice", "203.0.113.7")).isEqualTo(403);
    assertThat(status("bob", "203.0.113.7")).isEqualTo(200);
    assertThat(status("nobody", "203.0.113.7")).isEqualTo(401);
    assertThat(refusals("banned-consumer")).isOne();
  }

  private double refusals(String cause) {
    return gateway.meters.get("tidegate.rules.refusals").tag("cause", cause).counter().count();
  }
}
