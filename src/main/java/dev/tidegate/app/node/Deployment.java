package dev.tidegate.app.node;

import dev.tidegate.app.config.ConfigException;
import dev.tidegate.app.config.Role;
import dev.tidegate.app.config.VerticlesFile;
import dev.tidegate.bus.Operations;
import dev.tidegate.loop.VertxInternals;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roles that run on this node. Each instance is a deployment of its own, so that one can be
 * added or drained while the others go on. Instance {@code i} of every role runs on event loop
 * {@code i} modulo their number: an ingress finds an upstream on its own loop. All methods run on
 * the deployment's own context.
 */
final class Deployment {
  private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

  /**
   * Makes one instance of a role; the number is unique on this node for the time that the instance
   * runs.
   */
  interface Factory {
    Deployable create(Role role, int instance);

    /** The role and where it listens, for the one line that says why it could not start. */
    String describe(Role role);
  }

  private final Vertx vertx;
  private final Context context;
  private final String node;
  private final Factory factory;
  private final List<EventLoop> loops;
  private final Map<Role, ArrayDeque<String>> running = new EnumMap<>(Role.class);
  private final Map<Role, Integer> draining = new EnumMap<>(Role.class);
  private Future<Void> last = Future.succeededFuture();

  Deployment(Vertx vertx, String node, Factory factory) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.node = node;
    this.factory = factory;
    this.loops = VertxInternals.eventLoops(vertx);
    for (Role role : Role.values()) {
      running.put(role, new ArrayDeque<>());
      draining.put(role, 0);
    }
  }

  Future<Void> start(VerticlesFile file) {
    Future<Void> done = Future.succeededFuture();
    for (Role role : Role.values()) {
      for (VerticlesFile.Line line : file.roles()) {
        if (line.role() == role) {
          done = done.compose(v -> scale(role, line.instances()).mapEmpty());
        }
      }
    }
    return done;
  }

  /** One change at a time; a role that is lowered drains before its sockets are closed. */
  Future<Operations.Roles> scale(Role role, int instances) {
    return inTurn(() -> change(role, instances)).map(v -> roles());
  }

  Operations.Roles roles() {
    List<Operations.RoleCount> counts = new ArrayList<>();
    running.forEach(
        (role, ids) ->
            counts.add(
                new Operations.RoleCount(role.name(), ids.size(), draining.getOrDefault(role, 0))));
    return new Operations.Roles(node, counts);
  }

  /** Everything leaves: first those that hold clients, together, then those that they needed. */
  Future<Void> stop() {
    return inTurn(
        () ->
            Future.join(change(Role.INGRESS, 0), change(Role.STREAM, 0))
                .transform(r -> change(Role.MARKET, 0))
                .transform(r -> change(Role.COMMAND, 0))
                .transform(r -> change(Role.UPSTREAM, 0))
                .transform(r -> change(Role.ADMIN, 0)));
  }

  private Future<Void> change(Role role, int instances) {
    ArrayDeque<String> ids = Objects.requireNonNull(running.get(role));
    Future<Void> done = Future.succeededFuture();
    for (int i = ids.size(); i < instances; i++) {
      int number = i;
      done = done.compose(v -> deploy(role, number).onSuccess(ids::addLast).mapEmpty());
    }
    List<Future<?>> leaving = new ArrayList<>();
    while (ids.size() > instances) {
      leaving.add(undeploy(role, ids.removeLast()));
    }
    return leaving.isEmpty() ? done : Future.join(leaving).mapEmpty();
  }

  private Future<String> deploy(Role role, int instance) {
    VertxInternals.nextIs(vertx, loops.get(instance % loops.size()));
    return vertx
        .deployVerticle(factory.create(role, instance))
        .recover(
            e ->
                Future.failedFuture(
                    new ConfigException(
                        factory.describe(role) + " could not start: " + Node.reason(e))));
  }

  private Future<Void> undeploy(Role role, String id) {
    draining.merge(role, 1, Integer::sum);
    return vertx
        .undeploy(id)
        .onFailure(e -> LOG.warn("role={} could not leave cleanly: {}", role, e.toString()))
        .otherwiseEmpty()
        .onComplete(r -> draining.merge(role, -1, Integer::sum));
  }

  private Future<Void> inTurn(Supplier<Future<Void>> work) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> {
          last = last.transform(before -> work.get());
          last.onComplete(done);
        });
    return done.future();
  }
}
