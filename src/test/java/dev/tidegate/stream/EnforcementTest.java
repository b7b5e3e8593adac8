package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import dev.tidegate.rules.TierLimits;
import dev.tidegate.stream.session.FakeInstance;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Tier;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnforcementTest {
  private final Vertx vertx = Vertx.vertx();
  private final SteppedLoop loop = new SteppedLoop();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeInstance instance =
      new FakeInstance(loop, new Bus(vertx.eventBus()), registry, new Names());
  private final Rules rules = instance.rules;
  private final Enforcement enforcement =
      new Enforcement(instance.sessions, instance.tiers, rules, instance.ruleMeters);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Every key is good and is its consumer's name; it signs with the name of the session. */
  private static final class Names implements Authenticator {
    @Override
    public Verdict apiKey(String key) {
      return new Verdict(key(key), null);
    }

    @Override
    public Verdict bearer(String token) {
      return new Verdict(null, "no tokens");
    }

    @Override
    public Verdict signature(Signed login) {
      return login.signature().equals(login.session())
          ? new Verdict(key(login.key()), null)
          : new Verdict(null, "not its");
    }
  }

  private static Identity key(String consumer) {
    return new Identity(consumer, consumer, "vip", Set.of(), Long.MAX_VALUE, "key:" + consumer);
  }

  private static Identity token(String subject, long issuedAt) {
    return new Identity(
        subject, subject, "vip", Set.of(), Long.MAX_VALUE, issuedAt, "jwt:" + issuedAt);
  }

  private final class Guest {
    final FakeClient client = new FakeClient(false);
    final Session session;

    Guest(String address, @Nullable Identity identity) {
      session = instance.open(client, address, identity);
    }

    void says(String json) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      instance.protocol.message(session, bytes, bytes.length);
      loop.turn();
    }

    String lastReply() {
      return client.replies.getLast().path("op").asText();
    }
  }

  private void order(Rule... ordered) {
    rules.set(new RuleSet(rules.current().version() + 1, List.of(ordered)));
    enforcement.changed();
    loop.turn();
  }

  private static Rule banned(@Nullable String address, @Nullable String consumer) {
    return new Rule.Ban("b-1", address, consumer, "why", "ops", 1, 0);
  }

  private static Rule revoked(Rule.Credential credential, String value, long before) {
    return new Rule.Revocation("r-1", credential, value, before, "", "ops", 1, 0);
  }

  private double count(String meter, String cause) {
    return registry.get(meter).tag("cause", cause).counter().count();
  }

  @Test
  void endsTheSessionsOfABannedRange() {
    Guest inside = new Guest("10.1.2.3", null);
    Guest outside = new Guest("11.1.2.3", null);
    order(banned("10.0.0.0/8", null));
    assertThat(inside.client.closed).isEqualTo(CloseCode.BANNED);
    assertThat(inside.client.reason).isEqualTo("banned: why");
    assertThat(outside.client.closed).isNull();
    assertThat(instance.bans.refusal("10.9.9.9")).isEqualTo("banned: why");
    assertThat(instance.bans.refusal("11.9.9.9")).isNull();
    assertThat(count("tidegate.rules.closes", "banned-address")).isOne();
    assertThat(count("tidegate.rules.refusals", "banned-address")).isOne();
  }

  @Test
  void endsTheSessionsOfABannedConsumer() {
    Guest alice = new Guest("10.1.2.3", key("alice"));
    Guest bob = new Guest("10.1.2.3", key("bob"));
    Guest nobody = new Guest("10.1.2.3", null);
    order(banned(null, "alice"));
    assertThat(alice.client.closed).isEqualTo(CloseCode.BANNED);
    assertThat(bob.client.closed).isNull();
    nobody.says("{\"op\":\"login\",\"id\":1,\"apiKey\":\"alice\"}");
    assertThat(nobody.client.closed).isEqualTo(CloseCode.BANNED);
    assertThat(nobody.session.identity()).isNull();
    assertThat(instance.bans.refusal(key("alice"))).isEqualTo("banned: why");
    assertThat(instance.bans.refusal(key("bob"))).isNull();
    assertThat(instance.bans.refusal((Identity) null)).isNull();
  }

  private static String signed(String consumer, String session) {
    return "{\"op\":\"login\",\"id\":4,\"key\":\""
        + consumer
        + "\",\"time\":5,\"signature\":\""
        + session
        + "\"}";
  }

  @Test
  void aSignatureIsHeldAgainstTheSessionThatItCameOn() {
    Guest guest = new Guest("a", null);
    Guest other = new Guest("a", null);
    guest.says(signed("alice", other.session.id));
    assertThat(guest.client.replies.getLast().path("code").asText()).isEqualTo("unauthenticated");
    assertThat(guest.client.replies.getLast().path("detail").asText()).isEqualTo("login: not its");
    assertThat(guest.session.identity()).isNull();
    guest.says(signed("alice", guest.session.id));
    assertThat(guest.client.replies.getLast().path("consumer").asText()).isEqualTo("alice");
    assertThat(guest.client.replies.getLast().has("expires")).isFalse();
    guest.says(signed("alice", guest.session.id));
    assertThat(guest.lastReply()).as("again, in band").isEqualTo("loggedIn");
    guest.says(signed("bob", guest.session.id));
    assertThat(guest.client.replies.getLast().path("code").asText()).isEqualTo("bad-request");
    assertThat(guest.session.consumer()).isEqualTo("alice");
    order(revoked(Rule.Credential.KEY, "alice", 0));
    assertThat(guest.client.closed).isEqualTo(CloseCode.UNAUTHENTICATED);
  }

  @Test
  void whoTriesSignaturesIsSentAway() {
    Guest guest = new Guest("a", null);
    for (int i = 1; i < 20; i++) {
      guest.says(signed("alice", "x"));
      guest.says("{\"op\":\"ping\"}");
    }
    assertThat(guest.client.closed).isNull();
    guest.says(signed("alice", "x"));
    assertThat(guest.client.closed).isEqualTo(CloseCode.UNAUTHENTICATED);
  }

  @Test
  void endsTheSessionsOfRevokedCredentialsOnly() {
    Guest byKey = new Guest("a", key("alice"));
    Guest early = new Guest("a", token("alice", 100));
    Guest late = new Guest("a", token("alice", 200));
    order(revoked(Rule.Credential.SUBJECT, "alice", 150));
    assertThat(early.client.closed).isEqualTo(CloseCode.UNAUTHENTICATED);
    assertThat(early.client.reason).isEqualTo("credentials were revoked");
    assertThat(late.client.closed).isNull();
    assertThat(byKey.client.closed).isNull();
    order(revoked(Rule.Credential.CONSUMER, "alice", 0));
    assertThat(byKey.client.closed).isEqualTo(CloseCode.UNAUTHENTICATED);
    assertThat(late.client.closed).isNull();
    assertThat(count("tidegate.rules.closes", "revoked")).isEqualTo(2);
  }

  @Test
  void judgesASessionByTheCredentialThatItUsedLast() {
    Guest alice = new Guest("a", key("alice"));
    alice.session.belongsTo(token("alice", 200), alice.session.tier());
    order(revoked(Rule.Credential.CONSUMER, "alice", 0));
    assertThat(alice.client.closed).isNull();
  }

  @Test
  void changesTheRateOfAnOpenSession() {
    Guest alice = new Guest("a", key("alice"));
    for (int i = 0; i < 3; i++) {
      alice.says("{\"op\":\"ping\",\"id\":" + i + "}");
      assertThat(alice.lastReply()).isEqualTo("pong");
    }
    order(new Rule.TierChange("vip", new TierLimits(null, null, null, 1, 1), "ops", 1));
    alice.says("{\"op\":\"ping\",\"id\":7}");
    assertThat(alice.lastReply()).isEqualTo("pong");
    alice.says("{\"op\":\"ping\",\"id\":8}");
    assertThat(alice.lastReply()).isEqualTo("error");
    assertThat(count("tidegate.stream.refusals", "limit")).isOne();
    assertThat(alice.session.ready(loop.nanos())).isTrue();
    assertThat(alice.session.ready(loop.nanos())).as("frames a second").isFalse();
    assertThat(alice.client.closed).isNull();

    order();
    alice.says("{\"op\":\"ping\",\"id\":9}");
    assertThat(alice.lastReply()).isEqualTo("error");
    loop.advance(1_000);
    for (int i = 0; i < 5; i++) {
      alice.says("{\"op\":\"ping\",\"id\":" + i + "}");
      assertThat(alice.lastReply()).isEqualTo("pong");
    }
    assertThat(alice.session.ready(loop.nanos())).isTrue();
    assertThat(alice.session.ready(loop.nanos())).isTrue();
  }

  @Test
  void givesNewSessionsWhatIsInForce() {
    order(new Rule.TierChange("default", new TierLimits(5, 6, 7, null, null), "ops", 1));
    assertThat(instance.tiers.of("vip").connectionsPerUser()).isEqualTo(5);
    assertThat(instance.tiers.of(Tier.ANONYMOUS).subscriptions()).isEqualTo(7);
    assertThat(instance.tiers.of(Tier.ANONYMOUS).rank()).isZero();
    assertThat(instance.tiers.of("vip").rank()).isEqualTo(1);
  }
}
