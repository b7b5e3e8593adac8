package dev.tidegate.ingress.exchange;

import dev.tidegate.loop.Loop;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What should not have been thrown on the way of a request. People are told of the first one in a
 * second, and how many there were since the last line. Lives on one event loop.
 */
final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
  private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private long toldAt;
  private long untold;

  Faults(Loop loop) {
    this.loop = loop;
    this.toldAt = loop.nanos() - QUIET;
  }

  void tell(String requestId, Throwable why) {
    long now = loop.nanos();
    untold++;
    if (now - toldAt >= QUIET) {
      LOG.error("event=request-failed request={} times={}", requestId, untold, why);
      toldAt = now;
      untold = 0;
    }
  }
}
