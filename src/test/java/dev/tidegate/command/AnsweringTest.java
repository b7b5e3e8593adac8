package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances on one bus, of which some lack what they need. */
class AnsweringTest {
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final boolean[] able = {true, true};
  private final List<Answering<Find, Found>> instances = new ArrayList<>();

  AnsweringTest() {
    Codecs.register(vertx.eventBus());
    for (int i = 0; i < able.length; i++) {
      int self = i;
      instances.add(
          new Answering<>(
              bus,
              Commands.FIND,
              Found.class,
              () -> able[self],
              find -> Future.succeededFuture(new Found(signed(self)))));
    }
  }

  private static Stored signed(int instance) {
    return new Stored("i" + instance, "alice", Status.ACCEPTED, 1, 1, null);
  }

  @AfterEach
  void close() {
    Await.get(vertx.close());
  }

  private List<String> askedTenTimes() {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Find find = new Find("x", "alice");
      Future<Found> found = bus.askNear(Commands.FIND, find, Found.class, Duration.ofSeconds(5));
      answers.add(Await.get(found).record().id());
    }
    return answers;
  }

  private List<String> askedTenTimesFromElsewhere() {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Find find = new Find("x", "alice");
      Future<Found> found = bus.ask(Commands.FIND, find, Found.class, Duration.ofSeconds(5));
      answers.add(Await.get(found).record().id());
    }
    return answers;
  }

  @Test
  void askedHereTheyAllAnswer() {
    assertThat(askedTenTimes()).contains("i0", "i1");
  }

  @Test
  void whoIsNotAbleLetsTheOthersAnswer() {
    able[0] = false;
    instances.forEach(Answering::look);
    assertThat(askedTenTimes()).containsOnly("i1");
    assertThat(askedTenTimesFromElsewhere()).containsOnly("i1");
    able[0] = true;
    instances.forEach(Answering::look);
    assertThat(askedTenTimesFromElsewhere()).contains("i0", "i1");
  }

  @Test
  void itsOwnCallersLoseNothingBeforeItHasLooked() {
    able[0] = false;
    assertThat(askedTenTimes()).containsOnly("i1");
  }

  @Test
  void whenNobodyIsAbleItAnswersItself() {
    able[0] = false;
    able[1] = false;
    instances.forEach(Answering::look);
    assertThat(askedTenTimes()).contains("i0", "i1");
  }

  @Test
  void whoIsClosedAnswersNobody() {
    Await.get(instances.get(0).close());
    assertThat(askedTenTimes()).containsOnly("i1");
    assertThat(askedTenTimesFromElsewhere()).containsOnly("i1");
    instances.get(0).look();
    assertThat(askedTenTimesFromElsewhere()).containsOnly("i1");
  }
}
