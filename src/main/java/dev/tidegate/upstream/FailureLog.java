package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells people of exchanges that failed: one line a minute for each kind, which is an upstream and
 * what went wrong there, with how many were not told. The event loops of a node share it.
 */
final class FailureLog {
  private static final long QUIET_NANOS = 60_000_000_000L;

  private record Kind(String upstream, String detail) {}

  /** When a kind was told last, and how often it came since. */
  private static final class Told {
    private boolean before;
    private long at;
    private long untold;

    /** How many came before this one without being told; -1 when it is not told either. */
    synchronized long tell(long now) {
      if (before && now - at < QUIET_NANOS) {
        untold++;
        return -1;
      }
      long missing = untold;
      before = true;
      at = now;
      untold = 0;
      return missing;
    }
  }

  private final LongSupplier nanos;
  private final Consumer<String> lines;
  private final Map<Kind, Told> kinds = new ConcurrentHashMap<>();

  FailureLog(LongSupplier nanos, Consumer<String> lines) {
    this.nanos = nanos;
    this.lines = lines;
  }

  /** An exchange of the upstream failed; the detail is one of few. */
  void failed(Call call, String endpoint, Failed failure) {
    long untold =
        kinds
            .computeIfAbsent(new Kind(call.upstream(), failure.detail()), kind -> new Told())
            .tell(nanos.getAsLong());
    if (untold >= 0) {
      lines.accept(
          "%s upstream=%s endpoint=%s route=%s request=%s problem=%s outcome=%s untold=%d"
              .formatted(
                  failure.detail(),
                  call.upstream(),
                  endpoint,
                  call.route(),
                  call.requestId(),
                  failure.problem().slug(),
                  failure.outcome(),
                  untold));
    }
  }
}
