package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.command.log.CommandLog;
import dev.tidegate.loop.SteppedLoop;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportsHeardTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Map<Integer, Long> ends = new HashMap<>();
  private final Map<Integer, Long> finished = new HashMap<>();
  private boolean away;
  private final ReportsHeard heard = new ReportsHeard(log(), "command.results", loop);

  private CommandLog log() {
    return (CommandLog)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {CommandLog.class},
            (proxy, method, args) ->
                away
                    ? Future.failedFuture("away")
                    : Future.succeededFuture(
                        new HashMap<>(method.getName().equals("ends") ? ends : finished)));
  }

  @Test
  void nothingIsHeardBeforeTheFirstLook() {
    assertThat(heard.until()).isZero();
  }

  @Test
  void whatWasThereWhenItLookedHasToBeFinishedEverywhere() {
    ends.put(0, 5L);
    ends.put(7, 3L);
    finished.put(0, 5L);
    long began = loop.millis();
    heard.start();
    loop.advance(3_000);
    assertThat(heard.until()).as("nobody has finished partition 7").isZero();
    ends.put(0, 9L); // later reports do not matter for the moment of the look
    finished.put(7, 3L);
    loop.advance(500);
    assertThat(heard.until()).isEqualTo(began);
    loop.advance(3_000);
    assertThat(heard.until()).isEqualTo(began);
    finished.put(0, 9L);
    loop.advance(1_000);
    assertThat(heard.until()).isGreaterThan(loop.millis() - 5_000);
  }

  @Test
  void standsWhileTheLogIsAway() {
    heard.start();
    loop.advance(1_000);
    long before = heard.until();
    away = true;
    loop.advance(60_000);
    assertThat(heard.until()).isLessThanOrEqualTo(before + 1_000);
    away = false;
    loop.advance(1_500);
    assertThat(heard.until()).isGreaterThan(loop.millis() - 1_500);
  }
}
