package dev.tidegate.app;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
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
final class RunCommand implements Callable<Integer> {
  @Option(names = "--config", defaultValue = "tidegate.yaml", description = "Gateway configuration (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("tidegate.yaml");

  @Option(names = "--verticles", defaultValue = "verticles.json", description = "Roles of this node (default: ${DEFAULT-VALUE}).")
  private Path verticles = Path.of("verticles.json");

  @Option(names = "--cluster", description = "Hazelcast configuration; without it the node stands alone.")
  private @Nullable Path cluster;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    GatewayConfig gateway = GatewayConfig.load(config).withEnvironment(System.getenv());
    VerticlesFile roles = ConfigFile.at(verticles).read(VerticlesFile.class);
    PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
    serve(gateway.withPorts(), roles, cluster, out);
    return 0;
  }

  /** Starts the node, says where it listens, and stays until a signal. */
  static void serve(GatewayConfig config, VerticlesFile roles, @Nullable Path cluster, PrintWriter out)
      throws Exception {
    serve(config, roles, cluster, out, new Extra[0]);
  }

  /** Something beside the roles, closed after them. */
  interface Extra extends AutoCloseable {}

  static void serve(
      GatewayConfig config, VerticlesFile roles, @Nullable Path cluster, PrintWriter out, Extra... extras)
      throws Exception {
    if (cluster != null && !Files.isRegularFile(cluster)) {
      throw new ConfigException(cluster + ": no such file (expected a Hazelcast configuration)");
    }
    Node node = Node.start(config, roles, cluster);
    CountDownLatch gone = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    node.close();
                    for (Extra extra : extras) {
                      extra.close();
                    }
                  } catch (Exception e) {
                    out.println("tidegate: did not leave cleanly: " + Main.reason(e));
                  } finally {
                    gone.countDown();
                  }
                },
                "leave"));
    config.listeners(roles).forEach(out::println);
    out.println("ready");
    out.flush();
    gone.await();
  }
}
