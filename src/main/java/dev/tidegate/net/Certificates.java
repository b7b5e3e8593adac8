package dev.tidegate.net;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The TLS of a node's listeners, one for all instances of a role, because they share the socket.
 * Safe for all threads.
 */
public final class Certificates {
  private final Map<String, TlsListener> all = new ConcurrentHashMap<>();
  private final MeterRegistry meters;

  public Certificates(MeterRegistry meters) {
    this.meters = meters;
  }

  /** The TLS of this listener, and what may be spoken inside, in the order of preference. */
  public TlsListener of(TlsFiles files, List<HttpVersion> versions) {
    return all.computeIfAbsent(files.name(), name -> new TlsListener(files, versions, meters));
  }
}
