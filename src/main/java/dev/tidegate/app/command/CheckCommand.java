package dev.tidegate.app.command;

import dev.tidegate.app.config.ClusterFile;
import dev.tidegate.app.config.ConfigException;
import dev.tidegate.app.config.ConfigFile;
import dev.tidegate.app.config.GatewayFile;
import dev.tidegate.app.config.VerticlesFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidegate check}: says what is wrong with the files, each with its line, and starts
 * nothing.
 */
@Command(
    name = "check",
    description = "Validates configuration, verticles and cluster files.",
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      defaultValue = "tidegate.yaml",
      description = "Gateway configuration (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("tidegate.yaml");

  @Option(names = "--verticles", description = "Roles of a node.")
  private @Nullable Path verticles;

  @Option(names = "--cluster", description = "Hazelcast configuration.")
  private @Nullable Path cluster;

  @Spec private @Nullable CommandSpec spec;

  /** One file's validation. */
  private interface Check {
    void run() throws ConfigException;
  }

  @Override
  public Integer call() {
    boolean good = passes(() -> GatewayFile.at(config).environment(System.getenv()).check());
    if (verticles != null) {
      Path file = verticles;
      good &= passes(() -> ConfigFile.at(file).read(VerticlesFile.class));
    }
    if (cluster != null) {
      Path file = cluster;
      good &= passes(() -> ClusterFile.read(file));
    }
    if (good) {
      out().println("ok");
    }
    return good ? 0 : 1;
  }

  private boolean passes(Check check) {
    try {
      check.run();
      return true;
    } catch (ConfigException e) {
      Objects.requireNonNull(spec).commandLine().getErr().println(e.getMessage());
      return false;
    }
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }
}
