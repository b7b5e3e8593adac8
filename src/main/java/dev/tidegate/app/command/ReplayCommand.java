package dev.tidegate.app.command;

import dev.tidegate.app.config.ConfigException;
import dev.tidegate.market.CaptureReplay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidegate replay}: publishes a recorded capture to the feed topic. */
@Command(
    name = "replay",
    description = "Publishes a recorded capture to the feed topic.",
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CAPTURE", description = "The recording, plain or gzip.")
  private Path capture = Path.of("");

  @Option(names = "--kafka", description = "Brokers (default: $TIDEGATE_KAFKA).")
  private @Nullable String kafka;

  @Option(
      names = "--topic",
      defaultValue = "market.updates",
      description = "Feed topic (default: ${DEFAULT-VALUE}).")
  private String topic = "market.updates";

  @Option(
      names = "--speed",
      defaultValue = "1",
      description =
          "Divides the recorded gaps; 0 is as fast as possible (default: ${DEFAULT-VALUE}).")
  private double speed;

  @Option(
      names = "--format",
      defaultValue = "json",
      description = "How records are written: json or protobuf (default: ${DEFAULT-VALUE}).")
  private CaptureReplay.Format format = CaptureReplay.Format.JSON;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    String brokers = kafka == null ? System.getenv("TIDEGATE_KAFKA") : kafka;
    if (brokers == null || brokers.isBlank()) {
      throw new ConfigException("--kafka: missing (expected host:port, or TIDEGATE_KAFKA)");
    }
    if (!Files.isReadable(capture)) {
      throw new ConfigException(capture + ": no such file (expected a capture)");
    }
    CaptureReplay.Sent sent =
        CaptureReplay.run(capture, Map.of("bootstrap.servers", brokers), topic, speed, format);
    Objects.requireNonNull(spec)
        .commandLine()
        .getOut()
        .println(
            sent.lines()
                + " lines, "
                + sent.records()
                + " records, "
                + sent.rejected()
                + " rejected");
    return 0;
  }
}
