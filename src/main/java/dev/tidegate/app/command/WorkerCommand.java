package dev.tidegate.app.command;

import dev.tidegate.app.config.ConfigException;
import dev.tidegate.app.config.GatewayFile;
import dev.tidegate.app.node.Node;
import dev.tidegate.app.node.Parts;
import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.SampleWorkerVerticle;
import dev.tidegate.loop.EventLoops;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidegate worker}: the sample back end on Kafka, to try a cluster with. */
@Command(
    name = "worker",
    description = "Runs the sample worker: takes commands from Kafka and reports their results.",
    mixinStandardHelpOptions = true)
public final class WorkerCommand implements Callable<Integer> {
  private static final Duration START_AT_MOST = Duration.ofSeconds(60);

  @Option(
      names = "--config",
      description = "Gateway configuration, for the topics and the brokers.")
  private @Nullable Path config;

  @Option(names = "--kafka", description = "Brokers (default: $TIDEGATE_KAFKA).")
  private @Nullable String kafka;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    GatewayFile file = config == null ? GatewayFile.dev() : GatewayFile.at(config);
    file.environment(System.getenv());
    if (kafka != null) {
      file.set("kafka.bootstrapServers", kafka);
    }
    CommandBackend backend = Parts.backend(file.read());
    if (backend.kafka() == null) {
      throw new ConfigException("--kafka: missing (expected host:port, or TIDEGATE_KAFKA)");
    }
    Vertx vertx = Vertx.vertx();
    CountDownLatch gone = new CountDownLatch(1);
    EventLoops loops = new EventLoops(new SimpleMeterRegistry());
    Node.await(vertx.deployVerticle(new SampleWorkerVerticle(backend, loops)), START_AT_MOST);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> vertx.close().onComplete(closed -> gone.countDown()), "leave"));
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println("ready");
    out.flush();
    gone.await();
    return 0;
  }
}
