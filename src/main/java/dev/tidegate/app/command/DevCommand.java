package dev.tidegate.app.command;

import dev.tidegate.app.config.ConfigException;
import dev.tidegate.app.config.GatewayConfig;
import dev.tidegate.app.config.GatewayFile;
import dev.tidegate.app.config.Ports;
import dev.tidegate.app.config.VerticlesFile;
import dev.tidegate.app.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidegate dev}: every role in one process, with nothing else installed. */
@Command(
    name = "dev",
    description =
        "Runs everything in one process: sample upstream, sample worker, simulated market.",
    mixinStandardHelpOptions = true,
    footer = "Nothing is kept when it ends: commands and state live in memory.")
public final class DevCommand implements Callable<Integer> {
  @Option(
      names = "--http",
      defaultValue = "8080",
      description = "Port for requests, 0 for any (default: ${DEFAULT-VALUE}).")
  private int http;

  @Option(
      names = "--stream",
      defaultValue = "8090",
      description = "Port for WebSocket, 0 for any (default: ${DEFAULT-VALUE}).")
  private int stream;

  @Option(
      names = "--admin",
      defaultValue = "9090",
      description = "Port for operators, 0 for any (default: ${DEFAULT-VALUE}).")
  private int admin;

  @Option(
      names = "--capture",
      description = "Replays a recorded capture in place of the simulator.")
  private @Nullable Path capture;

  @Option(
      names = "--speed",
      defaultValue = "1",
      description =
          "Divides the recorded gaps; 0 is as fast as possible (default: ${DEFAULT-VALUE}).")
  private double speed;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    int sample = Ports.take();
    GatewayFile file =
        GatewayFile.dev()
            .set("http.port", http)
            .set("stream.port", stream)
            .set("admin.port", admin)
            .set("auth.jwt.jwks", DevKeys.file().toString())
            .set("upstreams", SampleUpstream.config(sample));
    if (capture != null) {
      if (!Files.isReadable(capture)) {
        throw new ConfigException(capture + ": no such file (expected a capture)");
      }
      file.set("market.feed", "capture")
          .set("market.capture.path", capture.toString())
          .set("market.capture.speed", speed);
    }
    GatewayConfig config = file.read();
    Objects.requireNonNull(spec)
        .commandLine()
        .getErr()
        .println("dev: commands and state are kept in memory and are gone when this ends");
    RunCommand.serve(
        config,
        VerticlesFile.everything(config.eventLoops()),
        null,
        Objects.requireNonNull(spec).commandLine().getOut(),
        node -> {
          Node.await(node.deploy(new SampleUpstream(sample)), java.time.Duration.ofSeconds(10));
          Node.await(node.deploy(node.sampleWorker()), java.time.Duration.ofSeconds(10));
        });
    return 0;
  }
}
