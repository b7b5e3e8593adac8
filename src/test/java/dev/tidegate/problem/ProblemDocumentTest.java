package dev.tidegate.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ProblemDocumentTest {
  @Test
  void saysWhatTheProblemIsAndWhatHappened() {
    JsonObject document =
        ProblemDocument.render(Problem.UPSTREAM_BROKEN, "a\"b", "r-1", Outcome.NEVER_SENT)
            .toJsonObject();
    assertThat(document.getMap())
        .containsEntry("type", "/problems/upstream-broken")
        .containsEntry("title", Problem.UPSTREAM_BROKEN.title())
        .containsEntry("status", 502)
        .containsEntry("detail", "a\"b")
        .containsEntry("requestId", "r-1")
        .containsEntry("outcome", "never-sent")
        .hasSize(6);
  }

  @Test
  void leavesOutWhatThereIsNotToSay() {
    assertThat(ProblemDocument.render(Problem.NOT_FOUND, null, "r-1", null).toJsonObject().getMap())
        .containsOnlyKeys("type", "title", "status", "requestId");
  }

  @Test
  void aStatusWithoutAPageHasTheBlankType() {
    assertThat(ProblemDocument.render(426, "Upgrade required", "why", "r-1").toJsonObject())
        .isEqualTo(
            new JsonObject()
                .put("type", "about:blank")
                .put("title", "Upgrade required")
                .put("status", 426)
                .put("detail", "why")
                .put("requestId", "r-1"));
  }

  @Test
  void aProblemOfANewerNodeIsAFailureOfTheGateway() {
    assertThat(Problem.named("OVERLOADED")).isEqualTo(Problem.OVERLOADED);
    assertThat(Problem.named("SOMETHING_NEW")).isEqualTo(Problem.INTERNAL);
  }
}
