package dev.tidegate.app.node;

import dev.tidegate.admin.Readiness;
import dev.tidegate.app.config.ClusterFile;
import dev.tidegate.app.config.ConfigException;
import dev.tidegate.app.config.GatewayConfig;
import dev.tidegate.app.config.Role;
import dev.tidegate.app.config.VerticlesFile;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Operations;
import dev.tidegate.telemetry.Metrics;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node: its Vert.x, its roles, and how it leaves. */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration RULES_AT_MOST = Duration.ofSeconds(30);

  /** On top of the longest drain, for what is closed after it. */
  private static final Duration CLOSING = Duration.ofSeconds(15);

  private final GatewayConfig config;
  private final Vertx vertx;
  private final Parts parts;
  private final Deployment deployment;
  private final Metrics metrics;

  private Node(GatewayConfig config, Vertx vertx, Parts parts, Metrics metrics) {
    this.config = config;
    this.vertx = vertx;
    this.parts = parts;
    this.deployment = new Deployment(vertx, config.node(), parts);
    this.metrics = metrics;
  }

  /**
   * Starts everything that the file lists, or nothing: when one part fails the rest is closed
   * again.
   */
  public static Node start(GatewayConfig config, VerticlesFile verticles, @Nullable Path cluster)
      throws Exception {
    Metrics metrics = new Metrics(config.node());
    Readiness readiness = new Readiness();
    Vertx vertx = build(config, cluster, metrics);
    try {
      Codecs.register(vertx.eventBus());
      Parts parts = new Parts(config, metrics, readiness);
      Node node = new Node(config, vertx, parts, metrics);
      node.serve();
      // On a thread of its own: reading many rules must not hold traffic up.
      DeploymentOptions aside = new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
      await(vertx.deployVerticle(parts.rules(), aside), RULES_AT_MOST);
      await(node.deployment.start(verticles), Duration.ofMinutes(2));
      readiness.started();
      return node;
    } catch (Exception e) {
      await(vertx.close(), CLOSING);
      throw e;
    }
  }

  private static Vertx build(GatewayConfig config, @Nullable Path cluster, Metrics metrics)
      throws Exception {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(config.eventLoops())
            .setPreferNativeTransport(true)
            .setMetricsOptions(Metrics.vertxOptions());
    VertxBuilder builder = Vertx.builder().with(options).withMetrics(metrics.vertxFactory());
    if (cluster == null) {
      return builder.build();
    }
    ClusterFile.Joining joining = ClusterFile.read(cluster);
    options.setEventBusOptions(joining.bus());
    return await(
        builder
            .withClusterManager(
                new ReconcilingClusterManager(joining.hazelcast(), metrics.registry()))
            .buildClustered(),
        Duration.ofMinutes(1));
  }

  /** Operators and the admin role ask here, on this node only. */
  private void serve() {
    Bus bus = new Bus(vertx.eventBus());
    bus.answerHere(Operations.SCALE, Operations.Roles.class, this::scale);
    bus.answerHere(
        Operations.ROLES,
        Operations.Roles.class,
        asked -> Future.succeededFuture(deployment.roles()));
  }

  private Future<Operations.Roles> scale(Operations.Scale wanted) {
    Role role;
    try {
      role = Role.valueOf(wanted.role().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(
          "role: " + wanted.role() + " (expected one of " + List.of(Role.values()) + ")");
    }
    int least = role == Role.ADMIN ? 1 : 0;
    if (wanted.instances() < least || wanted.instances() > VerticlesFile.MOST_INSTANCES) {
      return Future.failedFuture(
          "instances: "
              + wanted.instances()
              + " (expected "
              + least
              + ".."
              + VerticlesFile.MOST_INSTANCES
              + ")");
    }
    LOG.info("role={} instances={} msg=scaling", role, wanted.instances());
    return deployment.scale(role, wanted.instances());
  }

  /** Readiness fails first, then clients are moved, then the rest leaves. */
  public void close() throws Exception {
    new Bus(vertx.eventBus())
        .publishHere(
            Operations.DRAINING, new Operations.Draining(config.node(), config.drain().toMillis()));
    try {
      await(deployment.stop(), leaveAtMost());
    } finally {
      await(vertx.close(), CLOSING);
      metrics.close();
    }
  }

  private Duration leaveAtMost() {
    Duration longest = config.drain();
    for (Duration other : List.of(config.stream().drain(), config.http().limits().drain())) {
      longest = other.compareTo(longest) > 0 ? other : longest;
    }
    return longest.plus(CLOSING);
  }

  public static <T> T await(Future<T> future, Duration atMost) throws Exception {
    try {
      return future.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new TimeoutException("not done within " + atMost.toSeconds() + " s");
    }
  }

  /**
   * One line that an operator can act on; the stack trace goes to the log when it is not an
   * expected failure.
   */
  public static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof ConfigException)) {
      cause = cause.getCause();
    }
    if (cause instanceof ConfigException) {
      return String.valueOf(cause.getMessage());
    }
    return String.valueOf(cause.getMessage()).contains("Address already in use")
        ? "Address already in use"
        : cause.toString();
  }

  public Deployable sampleWorker() {
    return parts.sampleWorker();
  }

  /** Only for the parts that {@code dev} adds beside the roles. */
  public Future<String> deploy(Deployable extra) {
    return vertx.deployVerticle(extra);
  }
}
