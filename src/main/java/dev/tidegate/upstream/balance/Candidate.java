package dev.tidegate.upstream.balance;

import dev.tidegate.json.JsonWriter;
import dev.tidegate.upstream.guard.RollingWindow;
import dev.tidegate.upstream.guard.RollingWindow.Counts;
import org.jspecify.annotations.Nullable;

/** What is known of one endpoint when those of a request are selected. Safe from any thread. */
final class Candidate {
  private record Report(LoadReport load, long at) {}

  final int region;
  private final SelectionConfig config;
  private final RollingWindow window;
  private volatile @Nullable Report last;

  // As of the last look, which one thread at a time takes.
  private boolean fit;
  private @Nullable LoadReport load;
  private @Nullable String overload;
  private double success = 100;
  private volatile @Nullable String passedOver;

  Candidate(int region, SelectionConfig config) {
    this.region = region;
    this.config = config;
    this.window = new RollingWindow(config.window());
  }

  void count(long nanos, boolean failed) {
    window.count(nanos, failed);
  }

  void report(LoadReport given, long nanos) {
    last = new Report(given, nanos);
  }

  /** Sees how it is at this time. */
  void look(boolean in, long nanos) {
    fit = in;
    Report report = last;
    boolean holds = report != null && nanos - report.at <= config.reportsFor().toNanos();
    load = holds && report != null ? report.load : null;
    overload = load == null ? null : overload(load);
    Counts counts = window.counts(nanos);
    success =
        counts.events() < config.minRequests()
            ? 100
            : 100 - 100.0 * counts.marked() / counts.events();
    passedOver = overload;
  }

  private @Nullable String overload(LoadReport now) {
    return now.cpu() * 100 >= config.maxCpu()
        ? "its CPU is at %d %% (limit %d %%)".formatted(percent(now.cpu()), config.maxCpu())
        : now.memory() * 100 >= config.maxMemory()
            ? "its memory is at %d %% (limit %d %%)"
                .formatted(percent(now.memory()), config.maxMemory())
            : null;
  }

  private static long percent(double part) {
    return Math.round(part * 100);
  }

  boolean fit() {
    return fit;
  }

  boolean light() {
    return overload == null;
  }

  double success() {
    return success;
  }

  /** Whether it succeeds about as often as the best does. */
  boolean among(double best) {
    return success >= best - config.tie();
  }

  /** Others of its region succeed more often. */
  void outdone(double best) {
    if (overload == null) {
      passedOver =
          "%d %% of its requests succeed (the best of its region: %d %%)"
              .formatted((long) success, (long) best);
    }
  }

  boolean chosen() {
    return fit && passedOver == null;
  }

  double cpu() {
    LoadReport now = load;
    return now == null ? Double.NaN : now.cpu();
  }

  double memory() {
    LoadReport now = load;
    return now == null ? Double.NaN : now.memory();
  }

  /** For people: fields of the endpoint's object. */
  void show(String name, JsonWriter json) {
    json.field("region", name).field("successPercent", (long) success);
    LoadReport now = load;
    if (now != null && !Double.isNaN(now.cpu())) {
      json.field("cpuPercent", percent(now.cpu()));
    }
    if (now != null && !Double.isNaN(now.memory())) {
      json.field("memoryPercent", percent(now.memory()));
    }
    json.optional("passedOver", passedOver);
  }
}
