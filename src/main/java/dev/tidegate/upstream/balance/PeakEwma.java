package dev.tidegate.upstream.balance;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * How long endpoints take to answer: a slower answer counts at once, a faster one by and by, and
 * what was long ago is forgotten (Finagle's peak EWMA). Lives on one event loop.
 */
public final class PeakEwma {
  /** After so long an answer has a weight of 1/e. */
  private static final double DECAY_NANOS = 10e9;

  /** One of which nothing is known, and that has something in flight, is not flooded. */
  private static final double UNKNOWN_NANOS = 1e9;

  private final double[] latency;
  private final long[] at;
  private final LongSupplier nanos;

  public PeakEwma(int endpoints, LongSupplier nanos) {
    this.latency = new double[endpoints];
    this.at = new long[endpoints];
    this.nanos = nanos;
    Arrays.fill(at, nanos.getAsLong());
  }

  /** It took so long to answer, or to fail. */
  public void took(int endpoint, long tookNanos) {
    double before = decayed(endpoint);
    double kept = kept(endpoint);
    latency[endpoint] = Math.max((double) tookNanos, before + tookNanos * (1 - kept));
    at[endpoint] = nanos.getAsLong();
  }

  /** It failed: one that fails fast is not taken for a fast one. */
  public void failed(int endpoint) {
    took(endpoint, (long) UNKNOWN_NANOS);
  }

  /** What the next request would cost there; less is better. */
  double cost(Connector endpoint) {
    double expected = decayed(endpoint.number());
    if (expected < 1 && endpoint.load() > 0) {
      expected = UNKNOWN_NANOS;
    }
    return (expected + 1) * (endpoint.load() + 1) / endpoint.weight();
  }

  /** For people. */
  public long latencyNanos(int endpoint) {
    return (long) decayed(endpoint);
  }

  private double decayed(int endpoint) {
    return latency[endpoint] * kept(endpoint);
  }

  private double kept(int endpoint) {
    return Math.exp(-Math.max(0, nanos.getAsLong() - at[endpoint]) / DECAY_NANOS);
  }
}
