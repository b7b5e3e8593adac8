package dev.tidegate.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one instance counts. Plain fields on the event loop, handed to the registry once a second,
 * so that a delivery costs an addition.
 */
final class StreamMeters {
  private static final int SAMPLE = 16;

  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger subscriptions = new AtomicInteger();
  private final AtomicInteger slow = new AtomicInteger();
  private final Counter framesOut;
  private final Counter bytesOut;
  private final Counter oddFrames;
  private final Counter gaps;
  private final Counter slowSteps;
  private final Counter closes;
  private final Map<Refused, Counter> refusals;
  private final Timer latency;
  private long frames;
  private long bytes;
  private long odd;
  private int samples;

  StreamMeters(MeterRegistry registry, int instance) {
    String tag = Integer.toString(instance);
    gauge(registry, "tidegate.stream.sessions", "Open WebSocket sessions", sessions, tag);
    gauge(registry, "tidegate.stream.subscriptions", "Live subscriptions", subscriptions, tag);
    gauge(registry, "tidegate.stream.slow", "Sessions that lag behind", slow, tag);
    framesOut = Counter.builder("tidegate.stream.frames").register(registry);
    bytesOut = Counter.builder("tidegate.stream.bytes").baseUnit("bytes").register(registry);
    oddFrames =
        Counter.builder("tidegate.stream.conflations")
            .description("Frames that one session got for itself, from its own cursor")
            .register(registry);
    gaps = Counter.builder("tidegate.stream.gaps").register(registry);
    slowSteps = Counter.builder("tidegate.stream.slow.steps").register(registry);
    refusals = refusals(registry);
    closes = Counter.builder("tidegate.stream.closes").register(registry);
    latency =
        Timer.builder("tidegate.stream.latency")
            .description("From the source event's time to the write, sampled")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofNanos(100_000))
            .maximumExpectedValue(Duration.ofSeconds(10))
            .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, String name, String text, AtomicInteger value, String instance) {
    Gauge.builder(name, value, AtomicInteger::get)
        .description(text)
        .tag("instance", instance)
        .register(registry);
  }

  /** Why a client is not let in or does not get what it asks for. */
  enum Refused {
    STORM,
    CONNECTIONS_PER_ADDRESS,
    CONNECTIONS_PER_USER,
    CREDENTIALS,
    LIMIT
  }

  private static Map<Refused, Counter> refusals(MeterRegistry registry) {
    Map<Refused, Counter> counters = new EnumMap<>(Refused.class);
    for (Refused cause : Refused.values()) {
      counters.put(
          cause,
          Counter.builder("tidegate.stream.refusals")
              .description("Upgrades, logins and requests that were refused")
              .tag("cause", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .register(registry));
    }
    return counters;
  }

  void refused(Refused cause) {
    Objects.requireNonNull(refusals.get(cause)).increment();
  }

  void sessions(int change) {
    sessions.addAndGet(change);
  }

  void subscriptions(int change) {
    subscriptions.addAndGet(change);
  }

  void slow(int count) {
    slow.set(count);
  }

  void wrote(int size) {
    frames++;
    bytes += size;
  }

  void odd() {
    odd++;
  }

  void gap() {
    gaps.increment();
  }

  void slowStep() {
    slowSteps.increment();
  }

  void closed() {
    closes.increment();
  }

  void assembled(long eventMicros, long nowMillis) {
    if ((++samples & (SAMPLE - 1)) == 0) {
      latency.record(Math.max(0, nowMillis - eventMicros / 1000), TimeUnit.MILLISECONDS);
    }
  }

  /** Once a second. */
  void publish() {
    framesOut.increment((double) frames);
    bytesOut.increment((double) bytes);
    oddFrames.increment((double) odd);
    frames = 0;
    bytes = 0;
    odd = 0;
  }
}
