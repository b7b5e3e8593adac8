package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.RulesAsked;
import dev.tidegate.problem.Problem;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators change live: limits of tiers, revocations, bans. */
final class RulesApi {
  /** In the order of the index. */
  static final List<String> KINDS = List.of("tiers", "revocations", "bans");

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Bus bus;

  RulesApi(Bus bus) {
    this.bus = bus;
  }

  List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (String kind : KINDS) {
      String all = Responses.ROOT + kind;
      String one = all + "/:id";
      calls.add(call("GET", all, kind));
      calls.add(call("GET", one, kind));
      if (kind.equals("tiers")) {
        calls.add(call("PUT", one, kind));
        calls.add(call("PATCH", one, kind));
      } else {
        calls.add(call("POST", all, kind));
      }
      calls.add(call("DELETE", one, kind));
    }
    return calls;
  }

  private Call call(String verb, String path, String kind) {
    boolean one = path.endsWith("/:id");
    return Call.of(
        verb, path, request -> ask(request, verb, kind, one ? Call.segment(request, "id") : null));
  }

  private void ask(RoutingContext request, String verb, String kind, @Nullable String id) {
    RulesAsked asked = new RulesAsked(verb, kind, id, Responses.body(request), by(request));
    bus.askHere(Operations.RULES, asked, RulesAnswered.class, TIMEOUT)
        .onSuccess(answer -> answer(request, kind, verb, answer))
        .onFailure(cause -> unavailable(request, cause));
  }

  private static String by(RoutingContext request) {
    SocketAddress address = request.request().remoteAddress();
    return address == null ? "" : String.valueOf(address.hostAddress());
  }

  private static void answer(
      RoutingContext request, String kind, String verb, RulesAnswered answer) {
    Problem problem = answer.problem();
    if (problem != null) {
      Responses.problem(request, problem, answer.text());
      return;
    }
    boolean created = verb.equals("POST");
    if (created) {
      String id = new JsonObject(answer.text()).getString("id");
      request.response().putHeader(HttpHeaders.LOCATION, Responses.ROOT + kind + "/" + id);
    }
    request
        .response()
        .setStatusCode(created ? 201 : 200)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(answer.text());
  }

  private static void unavailable(RoutingContext request, Throwable cause) {
    boolean nobody =
        cause instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS;
    Responses.problem(
        request,
        Problem.UNAVAILABLE,
        nobody
            ? "the node is starting or leaving"
            : "no answer in time; the change may still happen");
  }
}
