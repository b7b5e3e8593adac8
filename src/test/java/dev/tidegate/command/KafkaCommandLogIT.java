package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.testing.KafkaBroker;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaCommandLogIT extends CommandLogContract {
  private static Harness harness;
  private static CommandLog log;

  @BeforeAll
  static void open() {
    harness = new Harness(backend(KafkaBroker.shared()));
    log = harness.openLog();
    Harness.await("the broker is found", Duration.ofSeconds(15), log::available);
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
  void aFrozenBrokerFailsOneAppendByTimeoutAndTheNextAtOnceUntilItIsBack() {
    try (KafkaBroker broker = KafkaBroker.start();
        Harness own = new Harness(backend(broker))) {
      CommandLog of = own.openLog("commands");
      Harness.await("the broker is found", Duration.ofSeconds(15), of::available);
      own.on(() -> of.append("commands", "a", new byte[] {1}));
      broker.freeze();
      assertRefused(own, of, Duration.ofMillis(1500));
      assertThat(of.available()).isFalse();
      assertThat(assertRefused(own, of, Duration.ofMillis(100)).neverSent()).isTrue();
      broker.thaw();
      assertReturns(own, of);

      broker.kill();
      assertRefused(own, of, Duration.ofMillis(1500));
      assertThat(assertRefused(own, of, Duration.ofMillis(100)).neverSent()).isTrue();
      broker.restart();
      assertReturns(own, of);
      own.on(of::close);
    }
  }

  private static void assertReturns(Harness on, CommandLog log) {
    Harness.await("the broker is found again", Duration.ofSeconds(15), log::available);
    on.on(() -> log.append("commands", "a", new byte[] {2}));
    assertThat(log.condition()).isEqualTo("up");
  }

  private static LogUnavailable assertRefused(Harness on, CommandLog log, Duration within) {
    long started = System.nanoTime();
    LogUnavailable[] caught = new LogUnavailable[1];
    assertThatThrownBy(() -> on.on(() -> log.append("commands", "a", new byte[] {3})))
        .isInstanceOfSatisfying(LogUnavailable.class, e -> caught[0] = e);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(within);
    return caught[0];
  }

  private static CommandBackend backend(KafkaBroker broker) {
    return CommandBackend.of(
        CommandConfig.defaults(), Harness.kafka(broker.bootstrapServers()), null);
  }
}
