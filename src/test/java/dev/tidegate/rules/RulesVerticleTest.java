package dev.tidegate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.RulesAsked;
import dev.tidegate.rules.Rule.Ban;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RulesVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final Rules rules = new Rules();

  @BeforeEach
  void codecs() {
    Codecs.register(vertx.eventBus());
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private RuleStore store() {
    return new SharedRuleStore(
        vertx.sharedData().<String, String>getAsyncMap(SharedRuleStore.NAME).await());
  }

  private void put(RuleStore store, String consumer) {
    Ban ban = Ban.ofConsumer(consumer, "", "ops", 1, 0);
    store.replace(RuleJson.key(ban.kind(), ban.id()), null, RuleJson.write(ban)).await();
    store.advance().await();
  }

  private void deploy() {
    vertx
        .deployVerticle(new RulesVerticle(rules, Map.of(), new SimpleMeterRegistry(), "n1"))
        .await();
  }

  @Test
  void knowsTheRulesBeforeItHasStarted() {
    put(store(), "alice");
    deploy();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(1);
  }

  @Test
  void followsWhatOthersPublishAndWhatTheyForgetToPublish() throws InterruptedException {
    deploy();
    RuleStore store = store();
    CountDownLatch told = new CountDownLatch(1);
    rules.onChange(told::countDown);
    put(store, "alice");
    bus.publish(Operations.APPLIED, new Operations.Applied("n2", 1));
    assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    CountDownLatch found = new CountDownLatch(1);
    rules.onChange(found::countDown);
    put(store, "bob");
    assertThat(found.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(2);
  }

  @Test
  void takesOrdersOnItsOwnNode() {
    deploy();
    RulesAnswered answer =
        bus.askHere(
                Operations.RULES,
                new RulesAsked("POST", "bans", null, "{\"consumer\":\"alice\"}", "ops"),
                RulesAnswered.class,
                Duration.ofSeconds(5))
            .await();
    assertThat(answer.problem()).isNull();
    assertThat(rules.current().of(Rule.Kind.BANS)).hasSize(1);
  }
}
