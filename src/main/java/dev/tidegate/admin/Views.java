package dev.tidegate.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.tidegate.admin.Gather.Gathered;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.problem.Problem;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows the parts that the cluster's instances tell of themselves, as one document. */
final class Views {
  /** What can be asked for, in the order of the index. */
  static final List<String> KINDS =
      List.of("routes", "upstreams", "sessions", "market", "commands");

  private static final String LIMIT = "limit";
  private static final String NODE = "node";
  private static final List<String> PARAMETERS = List.of(LIMIT, NODE);

  private static final Set<String> EMPTY = Set.of("", "null", "{}", "[]");
  private static final JsonFactory JSON = new JsonFactory();
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST_LIMIT = 1000;
  private static final int MOST_ID = 200;

  private final Gather gather;
  private final String node;

  Views(Gather gather, String node) {
    this.gather = gather;
    this.node = node;
  }

  List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (String kind : KINDS) {
      String all = Responses.ROOT + kind;
      calls.add(new Call("GET", all, PARAMETERS, request -> show(request, kind, null)));
      calls.add(
          new Call(
              "GET",
              all + "/:id",
              PARAMETERS,
              request -> show(request, kind, Call.segment(request, "id"))));
    }
    return calls;
  }

  private void show(RoutingContext request, String kind, @Nullable String id) {
    Integer limit = limit(request);
    if (limit == null) {
      Responses.problem(request, Problem.BAD_REQUEST, "limit: expected 1.." + MOST_LIMIT);
    } else if (id != null && id.length() > MOST_ID) {
      Responses.problem(
          request, Problem.BAD_REQUEST, "id: expected up to " + MOST_ID + " characters");
    } else {
      String wanted = Call.query(request, NODE);
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
      Gathered all) {
    JsonWriter body =
        new JsonWriter(4096).object().field("kind", kind).field("complete", all.complete());
    List<Shown> parts =
        all.parts().stream()
            .filter(part -> node == null || part.node().equals(node))
            .filter(part -> id == null || !saysNothing(part.json()))
            .sorted(Comparator.comparing(Shown::node).thenComparing(Shown::instance))
            .toList();
    if (id != null && parts.isEmpty()) {
      Responses.problem(request, Problem.NOT_FOUND, kind + " " + id + ": nobody has it");
      return;
    }
    body.array("parts");
    parts.forEach(part -> add(body, part));
    Responses.json(request, 200, body.end().end());
  }

  /** An instance that does not have the one thing may say so with an empty document. */
  private static boolean saysNothing(String json) {
    return EMPTY.contains(json.strip());
  }

  private static void add(JsonWriter out, Shown part) {
    out.object().field("node", part.node()).field("instance", part.instance());
    if (isJson(part.json())) {
      out.json("data", part.json());
    } else {
      out.object("data").field("unreadable", part.json()).end();
    }
    out.end();
  }

  /** An instance of another release may say anything. */
  private static boolean isJson(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable Integer limit(RoutingContext request) {
    String text = Call.query(request, LIMIT);
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
