package dev.tidegate.bus;

import dev.tidegate.bus.Upstreams.Answered;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.bus.Upstreams.Header;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import java.util.List;

/** The wire form of {@link Upstreams}. */
final class UpstreamCodecs {
  private UpstreamCodecs() {}

  static final List<BusCodec<?>> ALL =
      List.of(
          new BusCodec<>(
              Forward.class,
              (w, m) ->
                  w.string(m.upstream())
                      .string(m.method())
                      .string(m.uri())
                      .list(m.headers(), UpstreamCodecs::header)
                      .bytes(m.body())
                      .int64(m.timeoutMillis()),
              r ->
                  new Forward(
                      r.string(),
                      r.string(),
                      r.string(),
                      r.list(UpstreamCodecs::header),
                      r.bytes(),
                      r.int64())),
          new BusCodec<>(Forwarded.class, UpstreamCodecs::forwarded, UpstreamCodecs::forwarded));

  /** A live call never leaves its event loop. */
  static final BusCodec<Call> LIVE =
      new BusCodec<>(
          Call.class,
          (w, m) -> {
            throw new UnsupportedOperationException("a live call is passed by reference only");
          },
          r -> {
            throw new UnsupportedOperationException("a live call is passed by reference only");
          });

  private static void header(Wire.Writer w, Header header) {
    w.string(header.name()).string(header.value());
  }

  private static Header header(Wire.Reader r) {
    return new Header(r.string(), r.string());
  }

  private static void forwarded(Wire.Writer w, Forwarded m) {
    switch (m) {
      case Answered a ->
          w.bool(true).int32(a.status()).list(a.headers(), UpstreamCodecs::header).bytes(a.body());
      case Failed f ->
          w.bool(false).string(f.problem().name()).string(f.outcome().text()).string(f.detail());
    }
  }

  private static Forwarded forwarded(Wire.Reader r) {
    return r.bool()
        ? new Answered(r.int32(), r.list(UpstreamCodecs::header), r.bytes())
        : new Failed(Problem.named(r.string()), Outcome.named(r.string()), r.string());
  }
}
