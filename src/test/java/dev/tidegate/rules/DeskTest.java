package dev.tidegate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.RulesAsked;
import dev.tidegate.problem.Problem;
import dev.tidegate.rules.Rule.Ban;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeskTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, ConfiguredTier> TIERS =
      Map.of(
          "vip", new ConfiguredTier(new TierLimits(10, 20, 30, 40, 50), true),
          "default", new ConfiguredTier(new TierLimits(1, 2, 3, 4, 5), true),
          "other", new ConfiguredTier(new TierLimits(1, 2, 3, 4, 5), false));

  /** One node: what it knows, and who takes its operator's orders. */
  private record Node(Rules rules, Keeper keeper, Desk desk) {}

  private MemoryStore store = new MemoryStore(1);
  private final List<Long> told = new ArrayList<>();
  private final Node node = node();

  private Node node() {
    Rules rules = new Rules();
    RuleMeters meters = new RuleMeters(new SimpleMeterRegistry());
    Keeper keeper = new Keeper(store, rules, () -> 1_000, meters);
    return new Node(rules, keeper, new Desk(store, keeper, rules, TIERS, () -> 1_000, told::add));
  }

  private static Future<RulesAnswered> ask(
      Node at, String verb, String kind, String id, String body) {
    return at.desk.answer(new RulesAsked(verb, kind, id, body, "10.0.0.1"));
  }

  private RulesAnswered answer(String verb, String kind, String id, String body) {
    Future<RulesAnswered> answer = ask(node, verb, kind, id, body);
    store.settle();
    return answer.result();
  }

  private JsonNode done(String verb, String kind, String id, String body)
      throws JsonProcessingException {
    RulesAnswered answer = answer(verb, kind, id, body);
    assertThat(answer.problem()).as(answer.text()).isNull();
    return JSON.readTree(answer.text());
  }

  private void refused(RulesAnswered answer, Problem problem, String text) {
    assertThat(answer.problem()).isEqualTo(problem);
    assertThat(answer.text()).startsWith(text);
  }

  @Test
  void bansAndLifts() throws Exception {
    JsonNode ban = done("POST", "bans", null, "{\"consumer\":\"alice\",\"reason\":\"r\"}");
    assertThat(ban.path("version").asLong()).isEqualTo(1);
    assertThat(ban.path("by").asText()).isEqualTo("10.0.0.1");
    assertThat(ban.path("at").asText()).isEqualTo("1970-01-01T00:00:01Z");
    assertThat(ban.has("expiresAt")).isFalse();
    assertThat(told).containsExactly(1L);
    String id = ban.path("id").asText();

    assertThat(done("GET", "bans", null, "").at("/bans/0/consumer").asText()).isEqualTo("alice");
    assertThat(done("GET", "bans", id, "").path("reason").asText()).isEqualTo("r");
    assertThat(done("DELETE", "bans", id, "").path("version").asLong()).isEqualTo(2);
    assertThat(done("GET", "bans", null, "").path("bans")).isEmpty();
    refused(answer("GET", "bans", id, ""), Problem.NOT_FOUND, "bans: no " + id);
    refused(answer("DELETE", "bans", id, ""), Problem.NOT_FOUND, "bans: no " + id);
    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void replacesABanOfTheSameTarget() throws Exception {
    done("POST", "bans", null, "{\"address\":\"10.0.0.0/8\"}");
    JsonNode again = done("POST", "bans", null, "{\"address\":\"10.9.9.9/8\",\"seconds\":9}");
    assertThat(again.path("expiresAt").asText()).isEqualTo("1970-01-01T00:00:10Z");
    assertThat(done("GET", "bans", null, "").path("bans")).hasSize(1);
  }

  @Test
  void changesATierAndGoesBack() throws Exception {
    JsonNode put = done("PUT", "tiers", "vip", "{\"subscriptions\":5}");
    assertThat(put.at("/limits/subscriptions").asInt()).isEqualTo(5);
    assertThat(put.at("/limits/connectionsPerUser").asInt()).isEqualTo(10);
    assertThat(put.at("/configured/subscriptions").asInt()).isEqualTo(30);
    JsonNode patched = done("PATCH", "tiers", "vip", "{\"framesPerSecond\":7}");
    assertThat(patched.at("/changed/subscriptions").asInt()).isEqualTo(5);
    assertThat(patched.at("/changed/framesPerSecond").asInt()).isEqualTo(7);
    JsonNode put2 = done("PUT", "tiers", "vip", "{\"messagesPerSecond\":1}");
    assertThat(put2.path("changed")).hasSize(1);
    JsonNode back = done("DELETE", "tiers", "vip", "");
    assertThat(back.has("changed")).isFalse();
    assertThat(back.path("limits")).isEqualTo(back.path("configured"));
    assertThat(done("DELETE", "tiers", "vip", "").path("limits")).isEqualTo(back.path("limits"));
  }

  @Test
  void showsWhatATierHasFromTheDefault() throws Exception {
    done("PUT", "tiers", "default", "{\"subscriptions\":77}");
    JsonNode tiers = done("GET", "tiers", null, "").path("tiers");
    assertThat(tiers.findValuesAsText("name")).containsExactly("default", "other", "vip");
    assertThat(tiers.at("/1/limits/subscriptions").asInt()).isEqualTo(77);
    assertThat(tiers.at("/2/limits/subscriptions").asInt()).isEqualTo(30);
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    refused(
        answer("PUT", "tiers", "gold", "{\"subscriptions\":5}"),
        Problem.NOT_FOUND,
        "tier: gold (expected one of [default, other, vip])");
    refused(
        answer("PUT", "tiers", "vip", "{\"subscriptions\":0}"), Problem.BAD_REQUEST, "subscript");
    refused(answer("PATCH", "tiers", "vip", "[]"), Problem.BAD_REQUEST, "body");
    refused(answer("POST", "bans", null, "{}"), Problem.BAD_REQUEST, "body");
    refused(answer("POST", "tiers", null, "{}"), Problem.METHOD_NOT_ALLOWED, "POST tiers");
    refused(answer("PUT", "bans", "b-1", "{}"), Problem.METHOD_NOT_ALLOWED, "PUT bans");
    refused(answer("GET", "charms", null, ""), Problem.NOT_FOUND, "kind: charms");
    assertThat(store.version).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void saysWhenTheStoreIsAway() {
    store.broken = true;
    refused(
        answer("POST", "bans", null, "{\"consumer\":\"a\"}"), Problem.UNAVAILABLE, "the cluster");
  }

  @Test
  void saysWhenItIsFull() throws Exception {
    for (int i = 0; i < Rule.Kind.BANS.most(); i++) {
      Ban ban = Ban.ofConsumer("c" + i, "", "ops", 1, 0);
      store.map.put("bans:" + ban.id(), RuleJson.write(ban));
    }
    store.version = 1;
    refused(
        answer("POST", "bans", null, "{\"consumer\":\"one too many\"}"),
        Problem.CONFLICT,
        "bans: 10000 are in force");
    assertThat(done("POST", "bans", null, "{\"consumer\":\"c5\",\"seconds\":5}").has("expiresAt"))
        .isTrue();
  }

  @Test
  void losesNoneOfManyChangesAtOnce() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      store = new MemoryStore(seed);
      List<Node> nodes = List.of(node(), node(), node());
      List<Future<RulesAnswered>> answers = new ArrayList<>();
      String[] fields = {"connectionsPerUser", "subscriptions", "framesPerSecond"};
      for (int i = 0; i < 3; i++) {
        Node at = nodes.get(i);
        answers.add(ask(at, "PATCH", "tiers", "vip", "{\"" + fields[i] + "\":" + (i + 1) + "}"));
        answers.add(ask(at, "POST", "bans", null, "{\"consumer\":\"c" + i + "\"}"));
      }
      store.settle();
      nodes.forEach(each -> each.keeper.refresh());
      store.settle();
      assertThat(answers).as("seed " + seed).allMatch(a -> a.result().problem() == null);
      for (Node each : nodes) {
        RuleSet now = each.rules.current();
        assertThat(now.version()).isEqualTo(6);
        assertThat(now.of(Rule.Kind.BANS)).as("seed " + seed).hasSize(3);
        assertThat(now.limits("vip", true)).isEqualTo(new TierLimits(1, null, 2, null, 3));
      }
    }
  }
}
