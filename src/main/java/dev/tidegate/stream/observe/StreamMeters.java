package dev.tidegate.stream.observe;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.problem.CloseCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * What one instance counts. Plain fields on the event loop, handed to the registry once a second,
 * so that a delivery costs an addition.
 */
public final class StreamMeters {
  private static final int SAMPLE = 16;
  private static final Channel[] CHANNELS = Channel.values();

  /** Beyond this a source's time is that of a recording, and says nothing of us. */
  private static final long PLAUSIBLE_MILLIS = 3_600_000;

  private final MeterRegistry registry;

  /** Those of this instance alone; counters are shared by the instances of a node. */
  private final List<Meter> own = new ArrayList<>();

  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger subscriptions = new AtomicInteger();
  private final AtomicInteger armed = new AtomicInteger();
  private final LoadMeters load;
  private final Counter framesOut;
  private final Counter bytesOut;
  private final Counter oddFrames;
  private final Counter groupings;
  private final Counter gaps;
  private final Counter slowSteps;
  private final Map<CloseCode, Counter> closes = new EnumMap<>(CloseCode.class);
  private final Map<Refused, Counter> refusals;
  private final Timer[] latency = new Timer[CHANNELS.length];
  private final AtomicLongArray heard = new AtomicLongArray(CHANNELS.length);
  private final Counter cancels;
  private final Counter cancelsFailed;
  private final Counter healed;
  private final Counter loopsClosed;
  private final Counter loopsRefused;
  private long frames;
  private long bytes;
  private long odd;
  private int samples;

  /**
   * @param nanos a monotonic clock that may be asked from any thread
   */
  public StreamMeters(MeterRegistry registry, int instance, LongSupplier nanos) {
    this.registry = registry;
    String tag = Integer.toString(instance);
    gauge("tidegate.stream.sessions", "Open WebSocket sessions", sessions, tag);
    gauge("tidegate.stream.subscriptions", "Live subscriptions", subscriptions, tag);
    load = new LoadMeters(registry, tag, own);
    gauge("tidegate.stream.armed", "Armed sessions in the cluster", armed, tag);
    framesOut = Counter.builder("tidegate.stream.frames").register(registry);
    bytesOut = Counter.builder("tidegate.stream.bytes").baseUnit("bytes").register(registry);
    oddFrames =
        Counter.builder("tidegate.stream.conflations")
            .description("Frames that one session got for itself, from its own cursor")
            .register(registry);
    groupings = groupings(registry);
    gaps = Counter.builder("tidegate.stream.gaps").register(registry);
    slowSteps = Counter.builder("tidegate.stream.slow.steps").register(registry);
    refusals = refusals(registry);
    for (CloseCode code : CloseCode.values()) {
      closes.put(
          code,
          Counter.builder("tidegate.stream.closes")
              .description("Sessions that this node closed")
              .tag("code", Integer.toString(code.code()))
              .register(registry));
    }
    for (int i = 0; i < CHANNELS.length; i++) {
      int slot = i;
      String channel = CHANNELS[i].name().toLowerCase(Locale.ROOT);
      latency[i] =
          Timer.builder("tidegate.stream.latency")
              .description("From the source event's time to the write, sampled")
              .tag("channel", channel)
              .publishPercentileHistogram()
              .minimumExpectedValue(Duration.ofNanos(100_000))
              .maximumExpectedValue(Duration.ofSeconds(10))
              .register(registry);
      own.add(
          Gauge.builder("tidegate.stream.staleness", heard, h -> seconds(h.get(slot), nanos))
              .description("Since the last event of any symbol that is followed here")
              .baseUnit("seconds")
              .tag("worker", tag)
              .tag("channel", channel)
              .register(registry));
    }
    cancels =
        Counter.builder("tidegate.stream.cancels")
            .description("commands of cancel-on-disconnect that this node submitted")
            .register(registry);
    cancelsFailed =
        Counter.builder("tidegate.stream.cancels.failed")
            .description("commands of cancel-on-disconnect that this node gave up")
            .register(registry);
    healed =
        Counter.builder("tidegate.stream.private.healed")
            .description("private messages that the bus lost, found by comparing")
            .register(registry);
    loopsClosed = loops(registry, "closed");
    loopsRefused = loops(registry, "refused");
  }

  private void gauge(String name, String text, AtomicInteger value, String worker) {
    own.add(
        Gauge.builder(name, value, AtomicInteger::get)
            .description(text)
            .tag("worker", worker)
            .register(registry));
  }

  /** The instance is gone: what is its own is not shown any longer. */
  public void close() {
    own.forEach(registry::remove);
  }

  /** Why a client is not let in or does not get what it asks for. */
  public enum Refused {
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

  public void refused(Refused cause) {
    Objects.requireNonNull(refusals.get(cause)).increment();
  }

  private static Counter groupings(MeterRegistry registry) {
    return Counter.builder("tidegate.stream.groupings")
        .description("Times a session was put among its like, a look at each of its topics")
        .register(registry);
  }

  private static Counter loops(MeterRegistry registry, String answer) {
    return Counter.builder("tidegate.stream.loops")
        .description("attempts of clients that connect and disconnect in a loop")
        .tag("answer", answer)
        .register(registry);
  }

  public void loop(boolean refused) {
    (refused ? loopsRefused : loopsClosed).increment();
  }

  public void healed() {
    healed.increment();
  }

  public void sessions(int change) {
    sessions.addAndGet(change);
  }

  public int sessions() {
    return sessions.get();
  }

  public void subscriptions(int change) {
    subscriptions.addAndGet(change);
  }

  public LoadMeters load() {
    return load;
  }

  public void wrote(int size) {
    frames++;
    bytes += size;
  }

  public void odd() {
    odd++;
  }

  /** A lane was put among its like. */
  public void grouped() {
    groupings.increment();
  }

  public void gap() {
    gaps.increment();
  }

  public void slowStep() {
    slowSteps.increment();
  }

  public void closed(CloseCode code) {
    Objects.requireNonNull(closes.get(code)).increment();
  }

  /** As the instance that turns the roster knows it. */
  public void armed(int count) {
    armed.set(count);
  }

  public void cancelled() {
    cancels.increment();
  }

  public void cancelFailed() {
    cancelsFailed.increment();
  }

  @SuppressWarnings("EnumOrdinal") // an index into this array only, never stored or sent
  public void assembled(Channel channel, long eventMicros, long nowMillis) {
    if ((++samples & (SAMPLE - 1)) == 0) {
      long age = nowMillis - eventMicros / 1000;
      if (age < PLAUSIBLE_MILLIS) {
        latency[channel.ordinal()].record(Math.max(0, age), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** An event of the channel came, by the clock that the instance was given. */
  @SuppressWarnings("EnumOrdinal") // as above
  public void heard(Channel channel, long nanos) {
    heard.lazySet(channel.ordinal(), nanos);
  }

  /** Nobody follows anything here, so that silence means nothing. */
  public void deaf() {
    for (int i = 0; i < CHANNELS.length; i++) {
      heard.lazySet(i, 0);
    }
  }

  private static double seconds(long since, LongSupplier nanos) {
    return since == 0 ? Double.NaN : (nanos.getAsLong() - since) / 1e9;
  }

  /** Once a second. */
  public void publish() {
    framesOut.increment((double) frames);
    bytesOut.increment((double) bytes);
    oddFrames.increment((double) odd);
    frames = 0;
    bytes = 0;
    odd = 0;
  }
}
