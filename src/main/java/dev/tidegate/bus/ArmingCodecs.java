package dev.tidegate.bus;

import dev.tidegate.bus.Armings.Armed;
import dev.tidegate.bus.Armings.Beat;
import dev.tidegate.bus.Armings.Change;
import dev.tidegate.bus.Armings.Done;
import dev.tidegate.bus.Armings.Left;
import dev.tidegate.bus.Armings.Said;
import dev.tidegate.bus.Armings.Stance;
import dev.tidegate.bus.Armings.Standing;
import dev.tidegate.bus.Armings.Wanted;
import dev.tidegate.bus.Armings.What;
import java.util.List;

/** The wire form of {@link Armings}. */
final class ArmingCodecs {
  private static final int CHANGE = 1;
  private static final int BEAT = 2;
  private static final int WANTED = 3;
  private static final int STANDING = 4;
  private static final int DONE = 5;
  private static final int LEFT = 6;

  private ArmingCodecs() {}

  static final List<BusCodec<?>> ALL =
      List.of(new BusCodec<>(Said.class, ArmingCodecs::said, ArmingCodecs::said));

  private static void said(Wire.Writer w, Said said) {
    switch (said) {
      case Change m -> {
        w.int32(CHANGE).string(m.node()).string(m.run()).int64(m.number()).string(m.what().name());
        armed(w, m.armed());
      }
      case Beat m -> w.int32(BEAT).string(m.node()).string(m.run()).int64(m.number());
      case Wanted m -> w.int32(WANTED).string(m.node()).string(m.of());
      case Standing m ->
          w.int32(STANDING)
              .string(m.node())
              .string(m.run())
              .int64(m.number())
              .int32(m.part())
              .bool(m.last())
              .list(m.entries(), ArmingCodecs::entry);
      case Done m -> w.int32(DONE).string(m.node()).string(m.session());
      case Left m -> w.int32(LEFT).string(m.node()).string(m.run());
    }
  }

  private static Said said(Wire.Reader r) {
    int kind = r.int32();
    String node = r.string();
    return switch (kind) {
      case CHANGE -> new Change(node, r.string(), r.int64(), What.named(r.string()), armed(r));
      case BEAT -> new Beat(node, r.string(), r.int64());
      case WANTED -> new Wanted(node, r.string());
      case STANDING ->
          new Standing(
              node, r.string(), r.int64(), r.int32(), r.bool(), r.list(ArmingCodecs::entry));
      case DONE -> new Done(node, r.string());
      case LEFT -> new Left(node, r.string());
      default -> throw new IllegalArgumentException("kind: " + kind + " (expected 1..6)");
    };
  }

  private static void entry(Wire.Writer w, Stance entry) {
    armed(w, entry.armed());
    w.bool(entry.replaced()).int64(entry.left());
  }

  private static Stance entry(Wire.Reader r) {
    return new Stance(armed(r), r.bool(), r.int64());
  }

  private static void armed(Wire.Writer w, Armed m) {
    w.string(m.session())
        .string(m.consumer())
        .string(m.account())
        .int32(m.grace())
        .int64(m.armedAt());
  }

  private static Armed armed(Wire.Reader r) {
    return new Armed(r.string(), r.string(), r.string(), r.int32(), r.int64());
  }
}
