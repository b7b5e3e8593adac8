package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.RoleCount;
import dev.tidegate.bus.Operations.Roles;
import dev.tidegate.bus.Operations.RolesWanted;
import dev.tidegate.bus.Operations.Scale;
import dev.tidegate.json.JsonBody;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The roles of this node: how many instances run, and changing that. */
final class RolesApi {
  private static final Logger LOG = LoggerFactory.getLogger(RolesApi.class);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  /** Lowering a role waits for its drain. */
  private static final Duration SCALE_TIMEOUT = Duration.ofSeconds(90);

  private static final int MOST_INSTANCES = 256;
  private static final String EXPECTED =
      "body: expected {\"instances\": N} with N from 0 to " + MOST_INSTANCES;

  private final Bus bus;

  RolesApi(Bus bus) {
    this.bus = bus;
  }

  void list(RoutingContext request) {
    answer(request, bus.askHere(Operations.ROLES, new RolesWanted(), Roles.class, READ_TIMEOUT));
  }

  void scale(RoutingContext request) {
    String role = Call.segment(request, "role");
    Integer instances = instances(request);
    if (instances == null) {
      Responses.problem(request, Problem.BAD_REQUEST, EXPECTED);
      return;
    }
    LOG.atInfo()
        .addKeyValue("role", role)
        .addKeyValue("instances", instances)
        .addKeyValue("by", request.request().remoteAddress())
        .log("scaling a role");
    answer(
        request,
        bus.askHere(Operations.SCALE, new Scale(role, instances), Roles.class, SCALE_TIMEOUT));
  }

  private static @Nullable Integer instances(RoutingContext request) {
    try {
      return new JsonBody(Responses.body(request), "instances")
          .integer("instances", 0, MOST_INSTANCES);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static void answer(RoutingContext request, Future<Roles> roles) {
    roles.onSuccess(r -> Responses.json(request, 200, json(r))).onFailure(e -> refuse(request, e));
  }

  private static void refuse(RoutingContext request, Throwable cause) {
    ReplyFailure kind = cause instanceof ReplyException e ? e.failureType() : ReplyFailure.ERROR;
    switch (kind) {
      case RECIPIENT_FAILURE -> Responses.problem(request, Problem.BAD_REQUEST, cause.getMessage());
      case NO_HANDLERS ->
          Responses.problem(request, Problem.UNAVAILABLE, "the node is starting or leaving");
      case TIMEOUT ->
          Responses.problem(
              request, Problem.UNAVAILABLE, "no answer in time; the change may still happen");
      case ERROR -> request.fail(cause);
    }
  }

  private static JsonWriter json(Roles roles) {
    JsonWriter body = new JsonWriter().object().field("node", roles.node()).array("roles");
    for (RoleCount count : roles.roles()) {
      body.object()
          .field("role", count.role())
          .field("instances", count.instances())
          .field("draining", count.draining())
          .end();
    }
    return body.end().end();
  }
}
