package dev.tidegate.command.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.command.Harness;
import dev.tidegate.config.Settings;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.KafkaBroker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaCommandLogIT extends CommandLogContract {
  /** What a log does, apart from when it gives up: a broker on a busy machine may take its time. */
  private static final CommandConfig PATIENT =
      Settings.of(CommandConfig.class, "{appendTimeout: 20s, stateTimeout: 5s, lease: 60s}");

  private static Harness harness;
  private static CommandLog log;

  @BeforeAll
  static void open() {
    harness = new Harness(backend(KafkaBroker.shared(), PATIENT));
    log = harness.openLog();
    Await.await("the broker is found", Duration.ofSeconds(15), log::available);
  }

  @AfterAll
  static void close() {
    harness.on(log::close);
    harness.close();
  }

  @Override
  CommandLog log() {
    return log;
  }

  @Override
  Harness harness() {
    return harness;
  }

  @Test
  void aBrokerThatIsAwayFailsOneAppendAndTheNextIsNotEvenSentUntilItIsBack() {
    try (KafkaBroker broker = KafkaBroker.start();
        Harness own = new Harness(backend(broker, Settings.of(CommandConfig.class, "{}")))) {
      CommandLog of = own.openLog("commands");
      Await.await("the broker is found", Duration.ofSeconds(15), of::available);
      own.on(() -> of.append("commands", "a", new byte[] {1}));
      broker.freeze();
      assertRefused(own, of);
      assertThat(of.available()).isFalse();
      assertThat(assertRefused(own, of).neverSent()).isTrue();
      broker.thaw();
      assertReturns(own, of);

      broker.kill();
      assertRefused(own, of);
      assertThat(assertRefused(own, of).neverSent()).isTrue();
      broker.restart();
      assertReturns(own, of);
      own.on(of::close);
    }
  }

  @Test
  void aTopicThatIsDeletedIsMissedByNameAndMadeByNobody() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        Harness own = new Harness(backend(broker, Settings.of(CommandConfig.class, "{}")))) {
      CommandLog of = own.openLog("commands");
      Await.await("the broker is found", Duration.ofSeconds(15), of::available);
      List<LogRecord> got = new CopyOnWriteArrayList<>();
      own.on(
          () ->
              Future.succeededFuture(
                  of.consume(
                      "readers",
                      "commands",
                      own.loop(),
                      batch -> {
                        got.addAll(batch);
                        return Future.succeededFuture();
                      })));
      own.on(() -> of.append("commands", "a", new byte[] {1}));
      Await.await(() -> got.size() == 1);
      admin.deleteTopics(List.of("commands")).all().get();
      Await.await("it is missed", Duration.ofSeconds(15), () -> !of.available());
      LogUnavailable refused = assertRefused(own, of);
      assertThat(refused.neverSent()).isTrue();
      assertThat(refused).hasMessageContaining("the topic commands does not exist");
      assertThat(admin.listTopics().names().get()).doesNotContain("commands");

      broker.createTopic("commands", 3);
      assertReturns(own, of);
      Await.await("it is read", Duration.ofSeconds(20), () -> got.size() > 1);
      own.on(of::close);
    }
  }

  /** A broker that answers may yet have to find the leaders of its partitions: the trial tells. */
  private static void assertReturns(Harness on, CommandLog log) {
    Await.await("the broker takes records again", Duration.ofSeconds(30), () -> takes(on, log));
    assertThat(log.condition()).isEqualTo("up");
  }

  private static boolean takes(Harness on, CommandLog log) {
    try {
      on.on(() -> log.append("commands", "a", new byte[] {2}));
      return true;
    } catch (LogUnavailable notYet) {
      return false;
    }
  }

  private static LogUnavailable assertRefused(Harness on, CommandLog log) {
    LogUnavailable[] caught = new LogUnavailable[1];
    assertThatThrownBy(() -> on.on(() -> log.append("commands", "a", new byte[] {3})))
        .isInstanceOfSatisfying(LogUnavailable.class, e -> caught[0] = e);
    return caught[0];
  }

  private static CommandBackend backend(KafkaBroker broker, CommandConfig config) {
    return CommandBackend.of(config, Harness.kafka(broker.bootstrapServers()), null);
  }
}
