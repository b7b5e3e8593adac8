package dev.tidegate.command.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.state.CommandState.Begun;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.command.state.CommandState.Proceed;
import dev.tidegate.command.state.CommandState.Replay;
import dev.tidegate.testing.Await;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any interleaving of attempts, crashes, results and time keeps the promises of the state. */
class CommandStateModelTest {
  private static final String CONSUMER = "alice";
  private static final Position AT = new Position("commands", 0, 0);

  /** One thing that happens to one of four keys. */
  record Step(String what, int key, long pause) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> what =
        Arbitraries.of(
            "begin",
            "accepted",
            "unknown",
            "never-sent",
            "processing",
            "completed",
            "failed",
            "sweep");
    return Combinators.combine(
            what, Arbitraries.integers().between(0, 3), Arbitraries.longs().between(0, 4000))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  private int epochs;

  @Property(tries = 500)
  void everyCommandMovesForwardAndEveryMoveIsNumbered(@ForAll("steps") List<Step> steps) {
    EmbeddedCommandState state =
        new EmbeddedCommandState(CommandStateContract.RETENTION, () -> "e" + epochs++);
    CommandIds ids = new CommandIds(() -> 1_700_000_000_000L, new SplittableRandom(1));
    Map<Integer, Draft> drafts = new HashMap<>();
    Map<String, Status> seen = new HashMap<>();
    List<Transition> published = new ArrayList<>();
    long now = 1_700_000_000_000L;
    String epoch = read(state, null, 0, now).epoch();

    for (Step step : steps) {
      now += step.pause;
      Draft draft = drafts.get(step.key);
      if (step.what.equals("begin")) {
        begin(state, ids, drafts, step.key, now);
      } else if (step.what.equals("sweep")) {
        for (int shard = 0; shard < CommandIds.SHARDS; shard++) {
          published.addAll(Await.get(state.sweep(shard, now, 100)).transitions());
        }
      } else if (draft != null) {
        published.addAll(move(state, step, draft, now));
      }
    }

    for (Transition t : published) {
      Status before = seen.put(t.record().id(), t.record().status());
      boolean late = before == Status.EXPIRED && t.record().status().isFinal();
      assertThat(before == null || !before.isFinal() || late).isTrue();
      assertThat(late || before == null || before.compareTo(t.record().status()) < 0).isTrue();
      assertThat(before == null).isEqualTo(t.record().status() == Status.ACCEPTED);
    }
    PrivateEvents kept = read(state, epoch, 0, now);
    assertThat(kept.lastSeq()).isEqualTo(published.size());
    assertThat(published).extracting(Transition::seq).isSorted().doesNotHaveDuplicates();
    seen.forEach(
        (id, status) ->
            assertThat(Await.get(state.find(id, CONSUMER)).record().status()).isEqualTo(status));
  }

  private static void begin(
      EmbeddedCommandState state, CommandIds ids, Map<Integer, Draft> drafts, int key, long now) {
    Draft fresh =
        new Draft(ids.next(CONSUMER), CONSUMER, "requests", "k" + key, "f", now, now + 20_000);
    Draft earlier = drafts.get(key);
    Begun begun = Await.get(state.begin(fresh, now));
    if (begun instanceof Proceed proceed) {
      // Under another id only when the earlier attempt is gone without a trace.
      if (earlier != null && !proceed.id().equals(earlier.id())) {
        assertThat(Await.get(state.find(earlier.id(), CONSUMER)).record()).isNull();
      }
      drafts.put(key, fresh.withId(proceed.id()));
    } else if (begun instanceof Replay replay) {
      assertThat(replay.first().id()).isEqualTo(earlier.id());
    }
  }

  private static List<Transition> move(
      EmbeddedCommandState state, Step step, Draft draft, long now) {
    String source = UUID.randomUUID().toString(); // each report is a record of its own
    return switch (step.what) {
      case "accepted" -> Await.get(state.accepted(draft, AT, now)).transitions();
      case "unknown", "never-sent" -> {
        Await.get(state.release(draft, step.what.equals("never-sent")));
        yield List.of();
      }
      default -> {
        Status to = Status.valueOf(step.what.toUpperCase(Locale.ROOT));
        yield Await.get(state.transition(draft.id(), to, null, source, now)).transitions();
      }
    };
  }

  private static PrivateEvents read(
      EmbeddedCommandState state, String epoch, long after, long now) {
    return Await.get(
        state.readPrivate(new ReadPrivate(CONSUMER, "requests", epoch, after, 1000), now));
  }
}
