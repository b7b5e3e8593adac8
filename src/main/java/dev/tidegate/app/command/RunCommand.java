package dev.tidegate.app.command;

import dev.tidegate.app.config.ConfigFile;
import dev.tidegate.app.config.GatewayConfig;
import dev.tidegate.app.config.GatewayFile;
import dev.tidegate.app.config.Role;
import dev.tidegate.app.config.VerticlesFile;
import dev.tidegate.app.node.Node;
import dev.tidegate.ingress.IngressConfig;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.telemetry.Logs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidegate run}: one node, until it is told to stop. */
@Command(
    name = "run",
    description = "Runs a node.",
    mixinStandardHelpOptions = true,
    footer = "TIDEGATE_KAFKA and TIDEGATE_REDIS override the configuration file.")
public final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      defaultValue = "tidegate.yaml",
      description = "Gateway configuration (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("tidegate.yaml");

  @Option(
      names = "--verticles",
      defaultValue = "verticles.json",
      description = "Roles of this node (default: ${DEFAULT-VALUE}).")
  private Path verticles = Path.of("verticles.json");

  @Option(
      names = "--cluster",
      description = "Hazelcast configuration; without it the node stands alone.")
  private @Nullable Path cluster;

  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    GatewayFile file = GatewayFile.at(config).environment(System.getenv());
    file.check();
    GatewayConfig gateway = file.read();
    VerticlesFile roles = ConfigFile.at(verticles).read(VerticlesFile.class);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    serve(gateway, roles, cluster, out, node -> {});
    return 0;
  }

  /** What a command adds to a node before it calls itself ready. */
  interface Extras {
    void addTo(Node node) throws Exception;
  }

  /** Starts the node, says where it listens, and stays until a signal. */
  static void serve(
      GatewayConfig config,
      VerticlesFile roles,
      @Nullable Path cluster,
      PrintWriter out,
      Extras extras)
      throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Node node = Node.start(config, roles, cluster);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(node, gone), "leave"));
    extras.addTo(node);
    listeners(config, roles, out);
    out.println("ready");
    out.flush();
    gone.await();
  }

  private static void leave(Node node, CountDownLatch gone) {
    try {
      node.close();
    } catch (Exception e) {
      LOG.warn("did not leave cleanly: {}", Node.reason(e));
    } finally {
      gone.countDown();
      Logs.close();
    }
  }

  private static void listeners(GatewayConfig config, VerticlesFile roles, PrintWriter out) {
    if (roles.has(Role.INGRESS)) {
      IngressConfig http = config.http();
      out.println("http    http://" + shown(http.host()) + ":" + http.port());
      if (http.tls() != null) {
        out.println("https   https://" + shown(http.host()) + ":" + http.tls().port());
      }
    }
    if (roles.has(Role.STREAM)) {
      StreamConfig stream = config.stream();
      String host = shown(stream.host());
      out.println("stream  ws://" + host + ":" + stream.port() + "/v1/stream");
      if (stream.tls() != null) {
        out.println("streams wss://" + host + ":" + stream.tls().port() + "/v1/stream");
      }
    }
    if (roles.has(Role.ADMIN)) {
      out.println("admin   http://" + shown(config.admin().host()) + ":" + config.admin().port());
    }
  }

  private static String shown(String host) {
    return host.equals("0.0.0.0") ? "127.0.0.1" : host;
  }
}
