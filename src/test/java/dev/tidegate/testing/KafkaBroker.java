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
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker. {@link #shared()} is started on first use, serves every test of the JVM and
 * ends with it; a test that freezes or kills starts one of its own. When {@code TIDEGATE_KAFKA} is
 * set, {@code shared()} is that cluster.
 */
public final class KafkaBroker extends OwnServer {
  private static KafkaBroker shared;

  private final String bootstrap;
  private final int port;
  private final @Nullable Path log;

  private KafkaBroker(String bootstrap) {
    this.bootstrap = bootstrap;
    this.port = 0;
    this.log = null;
  }

  private KafkaBroker(int port, Path folder, Path log) {
    super(
        List.of(
            "sh",
            Path.of("loadtest/kafka/run").toAbsolutePath().toString(),
            "start",
            folder.toString(),
            Integer.toString(port),
            Integer.toString(Ports.free())),
        log);
    this.bootstrap = "127.0.0.1:" + port;
    this.port = port;
    this.log = log;
  }

  /** The broker of this JVM; do not freeze or kill it. */
  public static synchronized KafkaBroker shared() {
    if (shared == null) {
      shared =
          Optional.ofNullable(System.getenv("TIDEGATE_KAFKA"))
              .map(KafkaBroker::new)
              .orElseGet(KafkaBroker::start);
      shared.share();
    }
    return shared;
  }

  /** A broker of the test's own, which may be frozen and killed. */
  public static KafkaBroker start() {
    int port = Ports.free();
    Path folder = Path.of("target/kafka/" + port).toAbsolutePath();
    KafkaBroker broker = new KafkaBroker(port, folder, folder.resolve("broker.log"));
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

  /** Deletes it and makes another one of its name. */
  void replaceTopic(String name, int partitions) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.deleteTopics(List.of(name)).all().get();
      while (admin.listTopics().names().get().contains(name)) {
        Thread.sleep(50);
      }
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    }
  }

  @Override
  public void restart() {
    long starts = started();
    start(() -> started() > starts && ChildProcess.accepts(port), Duration.ofSeconds(90));
  }

  private long started() {
    if (log == null || !Files.exists(log)) {
      return 0;
    }
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("Kafka Server started")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
