package dev.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * A real Kafka broker. {@link #shared()} is started on first use, serves every test of the JVM and
 * ends with it; a test that freezes or kills starts one of its own. When {@code TIDEGATE_KAFKA} is
 * set, {@code shared()} is that cluster.
 */
public final class KafkaBroker implements AutoCloseable {
  private static KafkaBroker shared;

  private final String bootstrap;
  private final int port;
  private final Path log;
  private final ChildProcess process;

  private KafkaBroker(String bootstrap) {
    this.bootstrap = bootstrap;
    this.port = 0;
    this.log = null;
    this.process = null;
  }

  private KafkaBroker() {
    port = Ports.free();
    bootstrap = "127.0.0.1:" + port;
    Path root = Path.of("").toAbsolutePath();
    Path folder = root.resolve("target/kafka/" + port);
    log = folder.resolve("broker.log");
    process =
        new ChildProcess(
            List.of(
                "sh",
                root.resolve("loadtest/kafka/run").toString(),
                "start",
                folder.toString(),
                Integer.toString(port),
                Integer.toString(Ports.free())),
            log);
  }

  /** The broker of this JVM; do not freeze or kill it. */
  public static synchronized KafkaBroker shared() {
    if (shared == null) {
      shared =
          Optional.ofNullable(System.getenv("TIDEGATE_KAFKA"))
              .map(KafkaBroker::new)
              .orElseGet(KafkaBroker::start);
    }
    return shared;
  }

  /** A broker of the test's own, which may be frozen and killed. */
  public static KafkaBroker start() {
    KafkaBroker broker = new KafkaBroker();
    broker.restart();
    return broker;
  }

  public String bootstrapServers() {
    return bootstrap;
  }

  public void createTopic(String name, int partitions) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Stops the process where it stands; connections stay open and nothing answers. */
  public void freeze() {
    own().freeze();
  }

  public void thaw() {
    own().thaw();
  }

  public void kill() {
    own().kill();
  }

  /** Starts it again on the same port and data. */
  public void restart() {
    long starts = started();
    own().start(() -> started() > starts && ChildProcess.accepts(port), Duration.ofSeconds(90));
  }

  @Override
  public void close() {
    if (process != null && this != shared) {
      process.thaw();
      process.kill();
    }
  }

  private ChildProcess own() {
    if (process == null) {
      throw new UnsupportedOperationException("the broker of TIDEGATE_KAFKA is not ours to stop");
    }
    return process;
  }

  private long started() {
    if (!Files.exists(log)) {
      return 0;
    }
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("Kafka Server started")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
