package dev.tidegate.command.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.command.Harness;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.log.CommandLog.Subscription;
import dev.tidegate.testing.Await;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What every {@link CommandLog} promises. */
abstract class CommandLogContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final String topic = "t-" + UUID.randomUUID();

  abstract CommandLog log();

  abstract Harness harness();

  @Test
  void positionsOfAKeyRise() {
    Position first = append("a", "1");
    Position second = append("a", "2");
    assertThat(second.partition()).isEqualTo(first.partition());
    assertThat(second.offset()).isEqualTo(first.offset() + 1);
  }

  @Test
  void aGroupGetsEverythingOnceInTheOrderOfTheKey() {
    List<Future<Position>> sent = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String value = Integer.toString(i);
      String key = "k" + i % 7;
      sent.add(harness().start(() -> log().append(topic, key, bytes(value))));
    }
    Await.get(Future.all(sent));
    Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
    AtomicInteger count = new AtomicInteger();
    Function<List<LogRecord>, Future<Void>> take =
        batch -> {
          for (LogRecord e : batch) {
            seen.computeIfAbsent(e.key(), k -> new CopyOnWriteArrayList<>())
                .add(Integer.parseInt(text(e)));
            count.incrementAndGet();
          }
          return Future.succeededFuture();
        };
    Subscription one = consume("g", take);
    Subscription two = consume("g", take);
    Await.await("all arrive", SOON, () -> count.get() >= 300);
    assertThat(count).hasValue(300);
    assertThat(seen).hasSize(7);
    assertThat(seen.values()).allSatisfy(values -> assertThat(values).isSorted());
    close(one, two);
  }

  @Test
  void aBatchThatFailedComesAgainAndNothingOvertakesIt() {
    append("a", "1");
    append("a", "2");
    List<String> seen = new CopyOnWriteArrayList<>();
    AtomicInteger failures = new AtomicInteger(3);
    Subscription subscription =
        consume(
            "g",
            batch -> {
              if (failures.getAndDecrement() > 0) {
                return Future.failedFuture("not now");
              }
              batch.forEach(e -> seen.add(text(e)));
              return Future.succeededFuture();
            });
    Await.await("both arrive", SOON, () -> seen.size() >= 2);
    append("a", "3");
    Await.await("the third arrives", SOON, () -> seen.size() >= 3);
    assertThat(seen).containsExactly("1", "2", "3");
    close(subscription);
  }

  @Test
  void aMemberThatComesBackGoesOnWhereTheGroupWas() {
    append("a", "1");
    List<String> first = new CopyOnWriteArrayList<>();
    Subscription before = consume("g", into(first));
    Await.await("the first arrives", SOON, () -> first.size() == 1);
    // The group is past a record only when it has committed: a second one proves it for the first.
    append("a", "2");
    Await.await("the second arrives", SOON, () -> first.size() == 2);
    close(before);
    append("a", "3");
    List<String> second = new CopyOnWriteArrayList<>();
    Subscription after = consume("g", into(second));
    Await.await("the third arrives", SOON, () -> second.contains("3"));
    assertThat(second).doesNotContain("1");
    close(after);
  }

  @Test
  void tellsHowFarTheGroupIs() {
    Position last = append("a", "1");
    assertThat(harness().on(() -> log().ends(topic)))
        .containsExactly(Map.entry(last.partition(), last.offset() + 1));
    String group = "g-" + topic;
    assertThat(harness().on(() -> log().finished(group, topic)).getOrDefault(last.partition(), 0L))
        .isZero();
    Subscription subscription = consume("g", batch -> Future.succeededFuture());
    Await.await(
        "it is finished",
        SOON,
        () ->
            harness().on(() -> log().finished(group, topic)).getOrDefault(last.partition(), 0L)
                == last.offset() + 1);
    close(subscription);
  }

  @Test
  void aFollowerSeesWhatWasThereBeforeItIsReadyAndThenTheRest() {
    append("a", "1");
    append("b", "2");
    List<String> seen = new CopyOnWriteArrayList<>();
    Subscription following =
        harness().on(() -> log().follow(topic, harness().loop(), entry -> seen.add(text(entry))));
    assertThat(seen).containsExactlyInAnyOrder("1", "2");
    append("a", "3");
    Await.await("the rest arrives", SOON, () -> seen.contains("3"));
    close(following);
  }

  @Test
  void aFollowerOfAnEmptyTopicIsReadyAtOnce() {
    close(harness().on(() -> log().follow(topic, harness().loop(), entry -> {})));
  }

  private Position append(String key, String value) {
    return harness().on(() -> log().append(topic, key, bytes(value)));
  }

  private Subscription consume(String group, Function<List<LogRecord>, Future<Void>> handler) {
    String unique = group + "-" + topic;
    return harness()
        .on(() -> Future.succeededFuture(log().consume(unique, topic, harness().loop(), handler)));
  }

  private void close(Subscription... subscriptions) {
    for (Subscription s : subscriptions) {
      harness().on(s::close);
    }
  }

  private static Function<List<LogRecord>, Future<Void>> into(List<String> seen) {
    return batch -> {
      batch.forEach(e -> seen.add(text(e)));
      return Future.succeededFuture();
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(LogRecord entry) {
    return new String(entry.value(), StandardCharsets.UTF_8);
  }
}
