package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.telemetry.OncePerMinute;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells people of exchanges that failed: one line a minute for each kind, which is an upstream and
 * what went wrong there, with how many were not told. The event loops of a node share it.
 */
final class FailureLog {
  private record Kind(String upstream, String detail) {}

  private final LongSupplier nanos;
  private final Consumer<String> lines;
  private final OncePerMinute<Kind> told = new OncePerMinute<>();

  FailureLog(LongSupplier nanos, Consumer<String> lines) {
    this.nanos = nanos;
    this.lines = lines;
  }

  /** An exchange of the upstream failed; the detail is one of few. */
  void failed(Call call, String endpoint, Failed failure) {
    long untold = told.tell(new Kind(call.upstream(), failure.detail()), nanos.getAsLong());
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
