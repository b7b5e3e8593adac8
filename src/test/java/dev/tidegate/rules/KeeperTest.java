package dev.tidegate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.rules.Rule.Ban;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeeperTest {
  private final MemoryStore store = new MemoryStore(1);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong clock = new AtomicLong(1_000);
  private final Rules rules = new Rules();
  private final Keeper keeper = keeper(rules);

  private Keeper keeper(Rules of) {
    RuleMeters meters = new RuleMeters(registry).withState(registry, clock::get);
    return new Keeper(store, of, clock::get, meters);
  }

  private Ban put(String consumer, long expiresAt) {
    Ban ban = Ban.ofConsumer(consumer, "why", "ops", clock.get(), expiresAt);
    store.map.put("bans:" + ban.id(), RuleJson.write(ban));
    store.version++;
    return ban;
  }

  private void tick() {
    keeper.tick();
    store.settle();
  }

  @Test
  void takesOverWhatIsThere() {
    Ban ban = put("alice", 0);
    Future<Void> done = keeper.refresh();
    assertThat(done.isComplete()).isFalse();
    store.settle();
    assertThat(done.succeeded()).isTrue();
    assertThat(rules.current().of(Rule.Kind.BANS)).isEqualTo(java.util.List.of(ban));
    assertThat(rules.current().version()).isEqualTo(1);
    assertThat(registry.get("tidegate.rules.count").tag("kind", "bans").gauge().value()).isOne();
  }

  @Test
  void readsAgainWhatChangedWhileItRead() {
    keeper.refresh();
    put("alice", 0);
    Future<Void> second = keeper.refresh();
    put("bob", 0);
    store.settle();
    assertThat(second.succeeded()).isTrue();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(2);
  }

  @Test
  void findsALostMessageByItself() {
    tick();
    put("alice", 0);
    tick();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(1);
  }

  @Test
  void readsNothingButTheVersionWhileNothingChanges() {
    put("alice", 0);
    tick();
    int before = store.wholeReads;
    for (int i = 0; i < 50; i++) {
      tick();
    }
    assertThat(store.wholeReads).isEqualTo(before);
    store.map.clear(); // as when two halves of a cluster met with the same version
    for (int i = 0; i < 10; i++) {
      tick();
    }
    assertThat(rules.current().of(Rule.Kind.BANS)).isEmpty();
  }

  @Test
  void letsExpiredOnesEndAndClearsThemAway() {
    put("alice", 2_000);
    put("bob", 3_000);
    tick();
    clock.set(1_999);
    tick();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(2);
    clock.set(2_000);
    tick();
    assertThat(rules.current().of(Rule.Kind.BANS))
        .extracting(r -> ((Ban) r).consumer())
        .containsExactly("bob");
    assertThat(store.map).hasSize(1);
  }

  @Test
  void doesNotClearAwayWhatWasRenewed() {
    put("alice", 2_000);
    tick();
    clock.set(2_000);
    put("alice", 9_000);
    tick();
    tick();
    assertThat(store.map).hasSize(1);
    assertThat(rules.current().of(Rule.Kind.BANS).getFirst().expiresAt()).isEqualTo(9_000);
  }

  @Test
  void keepsWhatItKnowsWhileTheStoreIsAway() {
    put("alice", 0);
    tick();
    store.broken = true;
    clock.set(31_000);
    tick();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(1);
    assertThat(registry.get("tidegate.rules.age").gauge().value()).isEqualTo(30);
    store.broken = false;
    put("bob", 0);
    tick();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(2);
    assertThat(registry.get("tidegate.rules.age").gauge().value()).isZero();
  }

  @Test
  void putsBackWhatTheClusterLost() {
    put("alice", 0);
    put("bob", 0);
    tick();
    store.map.clear();
    store.version = 0;
    tick();
    tick();
    assertThat(store.map).hasSize(2);
    assertThat(store.version).isEqualTo(2);
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(2);
  }

  @Test
  void passesOverWhatItCannotRead() {
    put("alice", 0);
    store.map.put("bans:b-1", "nonsense");
    store.map.put("bans:b-2", "{\"id\":\"b-2\",\"address\":\"nowhere\"}");
    store.map.put("charms:c-1", "{\"of\":\"a newer release\"}");
    tick();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(1);
    assertThat(store.map).hasSize(4);
  }
}
