package dev.tidegate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.net.Network;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleSetTest {
  private static Identity key(String consumer, String id) {
    return new Identity(consumer, consumer, "t", Set.of(), Long.MAX_VALUE, "key:" + id);
  }

  private static Identity token(String subject, String jti, long issuedAt) {
    return new Identity(subject, subject, "t", Set.of(), 9_000, issuedAt, "jwt:" + jti);
  }

  private static RuleSet revoked(Credential credential, String value, long before) {
    return new RuleSet(1, List.of(Revocation.of(credential, value, before, "leaked", "ops", 1, 0)));
  }

  private static Ban ban(String range) {
    return Ban.ofAddress(Network.parse(range), range, "ops", 1, 0);
  }

  @Test
  void emptyHoldsNothingAgainstAnybody() {
    assertThat(RuleSet.EMPTY.bannedAddress("1.2.3.4")).isNull();
    assertThat(RuleSet.EMPTY.bannedConsumer(key("alice", "a"))).isNull();
    assertThat(RuleSet.EMPTY.bannedConsumer(null)).isNull();
    assertThat(RuleSet.EMPTY.revoked(key("alice", "a"))).isNull();
    assertThat(RuleSet.EMPTY.revoked(null)).isNull();
    assertThat(RuleSet.EMPTY.limits("vip", false)).isSameAs(TierLimits.NONE);
  }

  @Test
  void revokesEveryKeyOfAConsumerButNotItsTokens() {
    RuleSet rules = revoked(Credential.CONSUMER, "alice", 0);
    assertThat(rules.revoked(key("alice", "a"))).isNotNull();
    assertThat(rules.revoked(key("bob", "b"))).isNull();
    assertThat(rules.revoked(token("alice", "j", 5))).isNull();
    assertThat(rules.revoked(null)).isNull();
  }

  @Test
  void revokesOneKey() {
    RuleSet rules = revoked(Credential.KEY, "0123456789ab", 0);
    assertThat(rules.revoked(key("alice", "0123456789ab"))).isNotNull();
    assertThat(rules.revoked(key("alice", "ba9876543210"))).isNull();
    assertThat(rules.revoked(token("alice", "0123456789ab", 5))).isNull();
  }

  @Test
  void revokesOneTokenEvenIfItsIdHasColons() {
    RuleSet rules = revoked(Credential.JTI, "urn:x:1", 0);
    assertThat(rules.revoked(token("alice", "urn:x:1", 5))).isNotNull();
    assertThat(rules.revoked(token("alice", "urn:x:2", 5))).isNull();
    assertThat(rules.revoked(key("alice", "urn:x:1"))).isNull();
  }

  @Test
  void revokesTheTokensThatWereIssuedBefore() {
    RuleSet rules = revoked(Credential.SUBJECT, "alice", 5_000);
    assertThat(rules.revoked(token("alice", "j", 4_999))).isNotNull();
    assertThat(rules.revoked(token("alice", "j", 5_000))).isNull();
    assertThat(rules.revoked(token("alice", "j", 0))).as("does not say when").isNotNull();
    assertThat(rules.revoked(token("bob", "j", 1))).isNull();
    assertThat(rules.revoked(key("alice", "a"))).isNull();
  }

  @Test
  void findsTheNarrowestBan() {
    RuleSet rules =
        new RuleSet(1, List.of(ban("10.0.0.0/8"), ban("10.1.0.0/16"), ban("2001:db8::/48")));
    assertThat(rules.bannedAddress("10.2.0.1").address()).isEqualTo("10.0.0.0/8");
    assertThat(rules.bannedAddress("10.1.0.1").address()).isEqualTo("10.1.0.0/16");
    assertThat(rules.bannedAddress("2001:db8:0:1::5")).isNotNull();
    assertThat(rules.bannedAddress("2001:db8:1::5")).isNull();
    assertThat(rules.bannedAddress("nonsense")).isNull();
    assertThat(rules.bannedConsumer(key("alice", "a"))).isNull();
  }

  @Test
  void agreesWithLookingAtEveryBan() {
    Random random = new Random(7);
    List<Ban> bans = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      bans.add(ban(address(random) + "/" + (8 + random.nextInt(25))));
    }
    RuleSet rules = new RuleSet(1, bans);
    int hits = 0;
    for (int i = 0; i < 5_000; i++) {
      String address = address(random);
      boolean expected =
          bans.stream()
              .anyMatch(b -> Network.parse(b.address()).contains(Network.address(address)));
      assertThat(rules.bannedAddress(address) != null).as(address).isEqualTo(expected);
      hits += expected ? 1 : 0;
    }
    assertThat(hits).isBetween(100, 4_900);
  }

  private static String address(Random random) {
    return 8 + random.nextInt(40) + "." + random.nextInt(256) + "." + random.nextInt(4) + ".1";
  }

  @Test
  void limitsFollowTheDefaultUnlessTheTierIsListed() {
    RuleSet rules =
        new RuleSet(
            1,
            List.of(
                new Rule.TierChange("default", new TierLimits(1, 2, null, null, null), "ops", 1),
                new Rule.TierChange("vip", new TierLimits(9, null, null, null, 4), "ops", 1)));
    assertThat(rules.limits("vip", true)).isEqualTo(new TierLimits(9, null, null, null, 4));
    assertThat(rules.limits("vip", false)).isEqualTo(new TierLimits(9, 2, null, null, 4));
    assertThat(rules.limits("other", false)).isEqualTo(new TierLimits(1, 2, null, null, null));
    assertThat(rules.limits("other", true)).isEqualTo(TierLimits.NONE);
  }

  @Test
  void knowsWhenTheFirstEnds() {
    Ban forever = ban("10.0.0.0/8");
    Ban soon = Ban.ofConsumer("alice", "", "ops", 1, 500);
    Ban later = Ban.ofConsumer("bob", "", "ops", 1, 900);
    assertThat(new RuleSet(1, List.of(later, forever, soon)).nextExpiry()).isEqualTo(500);
    assertThat(new RuleSet(1, List.of(forever)).nextExpiry()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tellsWhoHoldsSomethingOfEveryChange() {
    Rules rules = new Rules();
    List<Long> seen = new ArrayList<>();
    Runnable end = rules.onChange(() -> seen.add(rules.current().version()));
    rules.set(new RuleSet(4, List.of()));
    end.run();
    rules.set(new RuleSet(5, List.of()));
    assertThat(seen).containsExactly(4L);
  }
}
