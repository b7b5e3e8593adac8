package dev.tidegate.bus;

import dev.tidegate.bus.Operations.Applied;
import dev.tidegate.bus.Operations.Draining;
import dev.tidegate.bus.Operations.RoleCount;
import dev.tidegate.bus.Operations.Roles;
import dev.tidegate.bus.Operations.RolesWanted;
import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.RulesAsked;
import dev.tidegate.bus.Operations.Scale;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.problem.Problem;
import java.util.List;

/** The wire form of {@link Operations}. */
final class OperationCodecs {
  private OperationCodecs() {}

  static final List<BusCodec<?>> ALL =
      List.of(
          new BusCodec<>(
              Scale.class,
              (w, m) -> w.string(m.role()).int32(m.instances()),
              r -> new Scale(r.string(), r.int32())),
          new BusCodec<>(
              Roles.class,
              (w, m) ->
                  w.string(m.node())
                      .list(
                          m.roles(),
                          (x, c) -> x.string(c.role()).int32(c.instances()).int32(c.draining())),
              r ->
                  new Roles(
                      r.string(), r.list(x -> new RoleCount(x.string(), x.int32(), x.int32())))),
          new BusCodec<>(RolesWanted.class, (w, m) -> {}, r -> new RolesWanted()),
          new BusCodec<>(
              Show.class,
              (w, m) ->
                  w.string(m.kind()).stringOrNull(m.id()).int32(m.limit()).string(m.replyTo()),
              r -> new Show(r.string(), r.stringOrNull(), r.int32(), r.string())),
          new BusCodec<>(
              Shown.class,
              (w, m) -> w.string(m.node()).string(m.instance()).string(m.json()),
              r -> new Shown(r.string(), r.string(), r.string())),
          new BusCodec<>(
              Draining.class,
              (w, m) -> w.string(m.node()).int64(m.withinMillis()),
              r -> new Draining(r.string(), r.int64())),
          new BusCodec<>(
              RulesAsked.class,
              (w, m) ->
                  w.string(m.verb())
                      .string(m.kind())
                      .stringOrNull(m.id())
                      .string(m.body())
                      .string(m.by()),
              r ->
                  new RulesAsked(r.string(), r.string(), r.stringOrNull(), r.string(), r.string())),
          new BusCodec<>(
              RulesAnswered.class,
              (w, m) -> w.orNull(m.problem(), (x, p) -> x.string(p.name())).string(m.text()),
              r -> new RulesAnswered(r.orNull(x -> Problem.named(x.string())), r.string())),
          new BusCodec<>(
              Applied.class,
              (w, m) -> w.string(m.node()).int64(m.version()),
              r -> new Applied(r.string(), r.int64())));
}
