package dev.tidegate.bus;

import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Header;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import java.util.List;

/** The wire form of {@link Commands}. */
final class CommandCodecs {
  private CommandCodecs() {}

  static final List<BusCodec<?>> ALL =
      List.of(
          new BusCodec<>(Submit.class, CommandCodecs::submit, CommandCodecs::submit),
          new BusCodec<>(Receipt.class, CommandCodecs::receipt, CommandCodecs::receipt),
          new BusCodec<>(
              Find.class,
              (w, m) -> w.string(m.id()).string(m.consumer()),
              r -> new Find(r.string(), r.string())),
          new BusCodec<>(
              Found.class,
              (w, m) -> w.orNull(m.record(), CommandCodecs::stored),
              r -> new Found(r.orNull(CommandCodecs::stored))),
          new BusCodec<>(Transition.class, CommandCodecs::transition, CommandCodecs::transition),
          new BusCodec<>(
              ReadPrivate.class,
              (w, m) ->
                  w.string(m.consumer())
                      .string(m.channel())
                      .stringOrNull(m.epoch())
                      .int64(m.afterSeq())
                      .int32(m.limit()),
              r -> new ReadPrivate(r.string(), r.string(), r.stringOrNull(), r.int64(), r.int32())),
          new BusCodec<>(
              PrivateEvents.class,
              (w, m) ->
                  w.string(m.epoch())
                      .int64(m.lastSeq())
                      .bool(m.recovered())
                      .list(m.transitions(), CommandCodecs::transition),
              r ->
                  new PrivateEvents(
                      r.string(), r.int64(), r.bool(), r.list(CommandCodecs::transition))));

  private static void submit(Wire.Writer w, Submit m) {
    w.string(m.consumer())
        .string(m.account())
        .string(m.route())
        .string(m.topic())
        .string(m.channel())
        .string(m.method())
        .string(m.path())
        .stringOrNull(m.idempotencyKey())
        .list(m.headers(), (x, h) -> x.string(h.name()).string(h.value()))
        .string(m.contentType())
        .bytes(m.body())
        .int64(m.deadline());
  }

  private static Submit submit(Wire.Reader r) {
    return new Submit(
        r.string(),
        r.string(),
        r.string(),
        r.string(),
        r.string(),
        r.string(),
        r.string(),
        r.stringOrNull(),
        r.list(x -> new Header(x.string(), x.string())),
        r.string(),
        r.bytes(),
        r.int64());
  }

  private static void receipt(Wire.Writer w, Receipt m) {
    switch (m) {
      case Accepted a -> {
        stored(w.bool(true), a.record());
        w.bool(a.replayed());
      }
      case Refused f ->
          w.bool(false)
              .string(f.problem().name())
              .string(f.detail())
              .string(f.outcome().text())
              .int32(f.retryAfter());
    }
  }

  private static Receipt receipt(Wire.Reader r) {
    return r.bool()
        ? new Accepted(stored(r), r.bool())
        : new Refused(Problem.named(r.string()), r.string(), Outcome.named(r.string()), r.int32());
  }

  private static void stored(Wire.Writer w, Stored m) {
    w.string(m.id())
        .string(m.consumer())
        .string(m.status().name())
        .int64(m.acceptedAt())
        .int64(m.updatedAt())
        .orNull(m.result(), (x, result) -> x.int32(result.status()).bytes(result.body()));
  }

  private static Stored stored(Wire.Reader r) {
    return new Stored(
        r.string(),
        r.string(),
        Status.named(r.string()),
        r.int64(),
        r.int64(),
        r.orNull(x -> new Result(x.int32(), x.bytes())));
  }

  private static void transition(Wire.Writer w, Transition m) {
    stored(w.string(m.consumer()).string(m.channel()).string(m.epoch()).int64(m.seq()), m.record());
  }

  private static Transition transition(Wire.Reader r) {
    return new Transition(r.string(), r.string(), r.string(), r.int64(), stored(r));
  }
}
