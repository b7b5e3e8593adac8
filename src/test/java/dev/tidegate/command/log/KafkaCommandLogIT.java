package dev.tidegate.command.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.command.Harness;
import dev.tidegate.config.Settings;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.KafkaBroker;
import java.time.Duration;
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
  void whatTheTopicNeverTakesIsRefusedForGoodAndSpoilsNothing() {
    String topic = "sizes-" + System.nanoTime();
    int limit = 1_048_588; // the broker's default
    int largest = limit - (int) RecordSizes.of("a", new byte[0]);
    harness.on(() -> log.append(topic, "a", new byte[] {1}));
    Await.await("the limit is known", () -> refusal(topic, largest + 1).contains("" + limit));
    harness.on(() -> log.append(topic, "a", new byte[largest]));
    assertThat(refusal(topic, 3_000_000)).contains("expected at most " + limit);
    assertThat(log.condition()).isEqualTo("up");
  }

  private static String refusal(String topic, int bytes) {
    try {
      harness.on(() -> log.append(topic, "a", new byte[bytes]));
      return "none";
    } catch (RecordTooLarge e) {
      return e.getMessage();
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
