package dev.tidegate.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses new series of a name that already has too many, so that a mistake in one tag cannot fill
 * the node's memory or Prometheus. Refused meters count nothing; {@code
 * tidegate.telemetry.series.refused} says that it happened.
 */
final class SeriesLimit implements MeterFilter {
  private static final Logger LOG = LoggerFactory.getLogger(SeriesLimit.class);

  private final ConcurrentHashMap<String, Set<Meter.Id>> seriesOf = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final int most;

  SeriesLimit(int most) {
    this.most = most;
  }

  void bindTo(MeterRegistry registry) {
    Gauge.builder("tidegate.telemetry.series.refused", refused, AtomicLong::doubleValue)
        .description("Series that were not registered because their name has too many")
        .register(registry);
  }

  @Override
  public MeterFilterReply accept(Meter.Id id) {
    Set<Meter.Id> series =
        seriesOf.computeIfAbsent(id.getName(), name -> ConcurrentHashMap.newKeySet());
    if (series.contains(id) || (series.size() < most && series.add(id))) {
      return MeterFilterReply.NEUTRAL;
    }
    if (series.size() == most && refused.getAndIncrement() == 0) {
      LOG.atWarn()
          .addKeyValue("meter", id.getName())
          .addKeyValue("series", most)
          .log("too many series of one meter; further ones are not counted");
    }
    return MeterFilterReply.DENY;
  }
}
