package dev.tidegate.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.problem.Problem;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the parts that the cluster's instances tell of themselves, as one document. */
final class Views {
  /** What can be asked for, in the order of the index. */
  static final List<String> KINDS =
      List.of("routes", "upstreams", "sessions", "market", "commands");

  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST_LIMIT = 1000;
  private static final int MOST_ID = 200;

  private final Gather gather;
  private final String node;

  Views(Gather gather, String node) {
    this.gather = gather;
    this.node = node;
  }

  void all(RoutingContext request) {
    show(request, null);
  }

  void one(RoutingContext request) {
    show(request, request.pathParam("id"));
  }

  private void show(RoutingContext request, @Nullable String id) {
    String kind = String.valueOf(request.pathParam("kind"));
    Integer limit = limit(request);
    if (!KINDS.contains(kind)) {
      Answers.problem(
          request, Problem.NOT_FOUND, "kind: " + kind + " (expected one of " + KINDS + ")");
    } else if (limit == null || (id != null && id.length() > MOST_ID)) {
      Answers.problem(request, Problem.BAD_REQUEST, "limit: expected 1.." + MOST_LIMIT);
    } else {
      String wanted = request.request().getParam("node");
      boolean here = "local".equals(wanted) || node.equals(wanted);
      gather
          .ask(kind, id, limit, here)
          .onSuccess(parts -> answer(request, kind, id, here ? null : wanted, parts))
          .onFailure(request::fail);
    }
  }

  private static void answer(
      RoutingContext request,
      String kind,
      @Nullable String id,
      @Nullable String node,
      Gather.Parts gathered) {
    ObjectNode body =
        Answers.JSON.createObjectNode().put("kind", kind).put("complete", gathered.complete());
    ArrayNode parts = body.putArray("parts");
    gathered.parts().stream()
        .filter(part -> node == null || part.node().equals(node))
        .sorted(Comparator.comparing(Shown::node).thenComparing(Shown::instance))
        .forEach(part -> add(parts, part, id != null));
    if (id != null && parts.isEmpty()) {
      Answers.problem(request, Problem.NOT_FOUND, kind + " " + id + ": nobody has it");
    } else {
      Answers.json(request, 200, body);
    }
  }

  /** An instance that does not have the one thing may say so with an empty document. */
  private static void add(ArrayNode parts, Shown part, boolean skipEmpty) {
    JsonNode data = parse(part.json());
    if (skipEmpty && (data.isNull() || data.isMissingNode() || data.isEmpty())) {
      return;
    }
    parts.addObject().put("node", part.node()).put("instance", part.instance()).set("data", data);
  }

  private static JsonNode parse(String json) {
    try {
      return Answers.JSON.readTree(json);
    } catch (JsonProcessingException e) {
      return Answers.JSON.createObjectNode().put("unreadable", json);
    }
  }

  private static @Nullable Integer limit(RoutingContext request) {
    String text = request.request().getParam("limit");
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text);
      return limit >= 1 && limit <= MOST_LIMIT ? limit : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
