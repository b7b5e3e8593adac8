package dev.tidegate.command.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.command.state.CommandState.Effect;
import dev.tidegate.command.state.CommandState.InProgress;
import dev.tidegate.command.state.CommandState.KeyReused;
import dev.tidegate.command.state.CommandState.Proceed;
import dev.tidegate.command.state.CommandState.Replay;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What every {@link CommandState} promises. */
abstract class CommandStateContract {
  private static final Position AT = new Position("commands", 0, 7);
  private static final Result RESULT =
      new Result(201, "{\"price\":100.10}".getBytes(StandardCharsets.UTF_8));

  /** The default. */
  static final Retention RETENTION = new Retention(5_000, 86_400_000, 300_000, 10_000, 10_000);

  private final String consumer = "user-" + UUID.randomUUID();
  private final CommandIds ids = new CommandIds(System::currentTimeMillis, new SplittableRandom());
  private long now = System.currentTimeMillis();

  abstract CommandState state();

  abstract <T> T on(Supplier<Future<T>> action);

  @Test
  void aFreshKeyProceedsUnderTheDraftsOwnId() {
    Draft draft = draft("k1", "f");
    assertThat(begin(draft)).isEqualTo(new Proceed(draft.id(), false));
    assertThat(on(() -> state().find(draft.id(), consumer)).record()).isNull();
  }

  @Test
  void anAcceptedKeyReplaysTheFirstAnswer() {
    Draft first = accept("k1", "f");
    step(first, Status.COMPLETED, RESULT);

    now += 1000;
    Replay replay = (Replay) begin(draft("k1", "f"));

    assertThat(replay.first().id()).isEqualTo(first.id());
    assertThat(replay.first().status()).isEqualTo(Status.ACCEPTED);
    assertThat(replay.first().acceptedAt()).isEqualTo(first.acceptedAt());
    assertThat(replay.first().result()).isNull();
  }

  @Test
  void theSameKeyForAnotherRequestIsRefused() {
    accept("k1", "f");
    assertThat(begin(draft("k1", "other"))).isEqualTo(new KeyReused());
    assertThat(begin(draft("k2", "other"))).isInstanceOf(Proceed.class);
  }

  @Test
  void keysOfAnotherConsumerAreOtherKeys() {
    accept("k1", "f");
    String other = "user-" + UUID.randomUUID();
    Draft theirs = new Draft(ids.next(other), other, "requests", "k1", "g", now, now + 60_000);
    assertThat(begin(theirs)).isEqualTo(new Proceed(theirs.id(), false));
  }

  @Test
  void aTwinWaitsWhileTheFirstHoldsTheLease() {
    Draft first = draft("k1", "f");
    begin(first);
    now += 1000;
    assertThat(begin(draft("k1", "f"))).isEqualTo(new InProgress(RETENTION.lease() - 1000));
  }

  @Test
  void afterTheLeaseTheNextAttemptTakesTheSameIdOver() {
    Draft crashed = draft("k1", "f");
    begin(crashed);
    now += RETENTION.lease() + 1;
    assertThat(begin(draft("k1", "f"))).isEqualTo(new Proceed(crashed.id(), true));
    assertThat(begin(draft("k1", "f"))).isInstanceOf(InProgress.class);
  }

  @Test
  void anUnknownOutcomeFreesTheLeaseAndKeepsTheId() {
    Draft failed = draft("k1", "f");
    begin(failed);
    on(() -> state().release(failed, false));
    assertThat(begin(draft("k1", "f"))).isEqualTo(new Proceed(failed.id(), true));
  }

  @Test
  void whatWasNeverSentFreesTheKey() {
    Draft failed = draft("k1", "f");
    begin(failed);
    on(() -> state().release(failed, true));
    Draft next = draft("k1", "another body is fine now");
    assertThat(begin(next)).isEqualTo(new Proceed(next.id(), false));
  }

  @Test
  void whatMayHaveBeenSentOnceIsNotForgottenByAnAttemptThatWasNot() {
    Draft first = draft("k1", "f");
    begin(first);
    on(() -> state().release(first, false));
    for (int attempt = 0; attempt < 3; attempt++) {
      Draft next = draft("k1", "f");
      assertThat(begin(next)).isEqualTo(new Proceed(first.id(), true));
      on(() -> state().release(next.withId(first.id()), true));
    }
    assertThat(begin(draft("k1", "other"))).isEqualTo(new KeyReused());
  }

  @Test
  void anAttemptThatWasNeverReleasedIsNotForgottenEither() {
    Draft crashed = draft("k1", "f");
    begin(crashed);
    now += RETENTION.lease() + 1;
    begin(draft("k1", "f"));
    on(() -> state().release(draft("k1", "f").withId(crashed.id()), true));
    assertThat(begin(draft("k1", "f"))).isEqualTo(new Proceed(crashed.id(), true));
  }

  @Test
  void anAttemptThatNobodyFinishedExpires() {
    Draft crashed = draft("k1", "f");
    begin(crashed);
    Draft neverSent = draft("k2", "f");
    begin(neverSent);
    on(() -> state().release(neverSent, true));
    now = crashed.deadline() + RETENTION.expiryGrace() + 2;
    int shard = Character.digit(crashed.id().charAt(35), 16);
    assertThat(ours(shard))
        .extracting(t -> t.record().status())
        .containsExactly(Status.ACCEPTED, Status.EXPIRED);
    assertThat(find(crashed)).isEqualTo(Status.EXPIRED);
    assertThat(begin(draft("k1", "f"))).isInstanceOf(Replay.class);
    assertThat(on(() -> state().find(neverSent.id(), consumer)).record()).isNull();
  }

  @Test
  void releaseDoesNotTouchWhatIsAccepted() {
    Draft draft = accept("k1", "f");
    on(() -> state().release(draft, true));
    assertThat(find(draft)).isEqualTo(Status.ACCEPTED);
  }

  @Test
  void acceptedRestoresWhatTheStoreHasLost() {
    Draft draft = draft("k1", "f");
    assertThat(accepted(draft).transitions()).hasSize(1);
    assertThat(begin(draft("k1", "f"))).isInstanceOf(Replay.class);
    assertThat(begin(draft("k1", "other"))).isInstanceOf(KeyReused.class);
  }

  @Test
  void acceptedTwiceChangesNothing() {
    Draft draft = accept(null, "");
    assertThat(accepted(draft)).isEqualTo(Effect.NONE);
  }

  @Test
  void onlyTheOwnerFindsIt() {
    Draft draft = accept(null, "");
    assertThat(on(() -> state().find(draft.id(), consumer)).record()).isNotNull();
    assertThat(on(() -> state().find(draft.id(), "mallory")).record()).isNull();
    assertThat(on(() -> state().find("not an id", consumer)).record()).isNull();
  }

  @Test
  void movesOnlyForward() {
    Draft draft = accept(null, "");
    assertThat(statuses(step(draft, Status.PROCESSING, null))).containsExactly(Status.PROCESSING);
    assertThat(statuses(step(draft, Status.COMPLETED, RESULT))).containsExactly(Status.COMPLETED);
    for (Status late : List.of(Status.PROCESSING, Status.FAILED, Status.COMPLETED)) {
      assertThat(step(draft, late, RESULT)).isEqualTo(Effect.NONE);
    }
    var record = on(() -> state().find(draft.id(), consumer)).record();
    assertThat(record.status()).isEqualTo(Status.COMPLETED);
    assertThat(record.result().status()).isEqualTo(201);
    assertThat(record.result().body()).isEqualTo(RESULT.body());
    assertThat(record.updatedAt()).isGreaterThan(record.acceptedAt());
  }

  @Test
  void theSameSourceAgainGivesTheSameTransitions() {
    Draft draft = accept(null, "");
    Effect first = step(draft, Status.PROCESSING, null, "0:5");
    assertThat(step(draft, Status.PROCESSING, null, "0:5").transitions())
        .usingRecursiveComparison()
        .isEqualTo(first.transitions());
    assertThat(step(draft, Status.PROCESSING, null, "0:6")).isEqualTo(Effect.NONE);
  }

  @Test
  void aResultThatOvertakesTheAcceptanceShowsBoth() {
    Draft draft = draft(null, "");
    begin(draft);
    assertThat(statuses(step(draft, Status.PROCESSING, null)))
        .containsExactly(Status.ACCEPTED, Status.PROCESSING);
    assertThat(accepted(draft)).isEqualTo(Effect.NONE);
  }

  @Test
  void aResultForNobodyIsUnknown() {
    assertThat(on(() -> state().transition(ids.next("x"), Status.COMPLETED, RESULT, "0:1", now)))
        .isEqualTo(Effect.UNKNOWN);
    assertThat(on(() -> state().transition("rubbish", Status.COMPLETED, RESULT, "0:1", now)))
        .isEqualTo(Effect.UNKNOWN);
  }

  @Test
  void expiresWhatNobodyStarted() {
    Draft late = accept(null, "");
    Draft started = accept(null, "");
    step(started, Status.PROCESSING, null);
    int shard = Character.digit(late.id().charAt(35), 16);

    now = late.deadline() + RETENTION.expiryGrace();
    assertThat(ours(shard)).isEmpty();
    now += 2;
    assertThat(ours(shard)).extracting(t -> t.record().status()).containsExactly(Status.EXPIRED);
    assertThat(ours(shard)).isEmpty();
    assertThat(find(late)).isEqualTo(Status.EXPIRED);
    assertThat(find(started)).isEqualTo(Status.PROCESSING);
    assertThat(step(late, Status.COMPLETED, RESULT)).isEqualTo(Effect.NONE);
  }

  @Test
  void everyTransitionStandsInThePrivateStreamsInOrder() {
    PrivateEvents before = read("requests", null, 0, 10);
    Draft order = draft("orders", "k9", "f");
    begin(order);
    accepted(order);
    accept(null, "");
    step(order, Status.COMPLETED, RESULT);

    PrivateEvents requests = read("requests", before.epoch(), before.lastSeq(), 10);
    assertThat(requests.recovered()).isTrue();
    assertThat(requests.transitions()).extracting(Transition::seq).containsExactly(1L, 2L, 3L);
    assertThat(requests.transitions().get(2).record().result().body()).isEqualTo(RESULT.body());
    PrivateEvents orders = read("orders", read("orders", null, 0, 1).epoch(), 0, 10);
    assertThat(orders.transitions())
        .extracting(t -> t.record().id() + t.record().status())
        .containsExactly(order.id() + Status.ACCEPTED, order.id() + Status.COMPLETED);
  }

  @Test
  void resumesAfterAnySequenceAndInParts() {
    String epoch = read("requests", null, 0, 1).epoch();
    for (int i = 0; i < 5; i++) {
      accept(null, "");
    }
    assertThat(read("requests", epoch, 1, 2).transitions())
        .extracting(Transition::seq)
        .containsExactly(2L, 3L);
    assertThat(read("requests", epoch, 3, 2).transitions())
        .extracting(Transition::seq)
        .containsExactly(4L, 5L);
    PrivateEvents end = read("requests", epoch, 5, 2);
    assertThat(end.recovered()).isTrue();
    assertThat(end.transitions()).isEmpty();
    assertThat(end.lastSeq()).isEqualTo(5);
  }

  @Test
  void aStrangeEpochOrAFutureSequenceIsNotRecovered() {
    String epoch = read("requests", null, 0, 1).epoch();
    accept(null, "");
    PrivateEvents strange = read("requests", "nobody", 0, 10);
    assertThat(strange.recovered()).isFalse();
    assertThat(strange.transitions()).hasSize(1);
    assertThat(strange.epoch()).isEqualTo(epoch);
    assertThat(read("requests", epoch, 4, 10).recovered()).isFalse();
  }

  @Test
  void ownTransitionsStayPrivate() {
    accept(null, "");
    PrivateEvents theirs =
        on(
            () ->
                state()
                    .readPrivate(new ReadPrivate("other-" + consumer, "requests", "e", 0, 9), now));
    assertThat(theirs.transitions()).isEmpty();
  }

  private List<Transition> ours(int shard) {
    return on(() -> state().sweep(shard, now, 1000)).transitions().stream()
        .filter(t -> t.consumer().equals(consumer))
        .toList();
  }

  private Draft draft(String key, String fingerprint) {
    return draft("requests", key, fingerprint);
  }

  private Draft draft(String channel, String key, String fingerprint) {
    return new Draft(ids.next(consumer), consumer, channel, key, fingerprint, now, now + 30_000);
  }

  private CommandState.Begun begin(Draft draft) {
    return on(() -> state().begin(draft, now));
  }

  private Effect accepted(Draft draft) {
    return on(() -> state().accepted(draft, AT, now));
  }

  private Draft accept(String key, String fingerprint) {
    Draft draft = draft(key, fingerprint);
    begin(draft);
    accepted(draft);
    return draft;
  }

  private Effect step(Draft draft, Status status, Result result) {
    return step(draft, status, result, "0:" + ++now);
  }

  private Effect step(Draft draft, Status status, Result result, String source) {
    return on(() -> state().transition(draft.id(), status, result, source, now));
  }

  private Status find(Draft draft) {
    return on(() -> state().find(draft.id(), consumer)).record().status();
  }

  private PrivateEvents read(String channel, String epoch, long after, int limit) {
    return on(
        () -> state().readPrivate(new ReadPrivate(consumer, channel, epoch, after, limit), now));
  }

  private static List<Status> statuses(Effect change) {
    return change.transitions().stream().map(t -> t.record().status()).toList();
  }
}
