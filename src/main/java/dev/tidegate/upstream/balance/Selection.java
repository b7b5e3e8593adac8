package dev.tidegate.upstream.balance;

import dev.tidegate.json.JsonWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints among which the requests of one region are balanced: those of the nearest region
 * that has any with load to spare, and of these the ones that succeed most often. What follows from
 * it is worked out ten times a second, and at once when an endpoint goes in or out, and not for
 * each request. All event loops of a node share it.
 *
 * <p>Ties: rates that are close count as equal, and {@link Balance} decides among equals. When no
 * region has an endpoint with load to spare, load is left out of account; when none is fit, all are
 * tried.
 */
public final class Selection {
  private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What an upstream's endpoint is, in the order of the configuration. */
  public record Place(String name, @Nullable String region) {}

  private final Regions regions;
  private final Eligible fitness;
  private final LongSupplier nanos;
  private final Candidate[] endpoints;

  /** For clients of each region, and then for those of none. */
  private final Choice[] choices;

  private volatile int seen;
  private volatile long due;

  /**
   * A selection of these endpoints.
   *
   * @param fitness which of them take requests at all
   * @param nanos a monotonic clock
   */
  public Selection(
      String upstream,
      List<Place> places,
      Regions regions,
      SelectionConfig config,
      Eligible fitness,
      MeterRegistry meters,
      LongSupplier nanos) {
    this.regions = regions;
    this.fitness = fitness;
    this.nanos = nanos;
    this.endpoints =
        places.stream()
            .map(place -> new Candidate(regions.named(place.region()), config))
            .toArray(Candidate[]::new);
    this.choices =
        IntStream.rangeClosed(0, regions.size())
            .mapToObj(i -> new Choice(upstream, i < regions.size() ? i : Regions.UNKNOWN, meters))
            .toArray(Choice[]::new);
    for (int i = 0; i < endpoints.length; i++) {
      String name = places.get(i).name();
      gauge(meters, upstream, name, "cpu", "CPU as it reports it", endpoints[i], Candidate::cpu);
      gauge(
          meters,
          upstream,
          name,
          "memory",
          "Memory as it reports it",
          endpoints[i],
          Candidate::memory);
      gauge(
          meters,
          upstream,
          name,
          "success",
          "The part of its requests that succeed",
          endpoints[i],
          e -> e.success() / 100);
      gauge(
          meters,
          upstream,
          name,
          "chosen",
          "1 while requests of its region go there",
          endpoints[i],
          e -> e.chosen() ? 1 : 0);
    }
    refresh();
  }

  private static void gauge(
      MeterRegistry meters,
      String upstream,
      String endpoint,
      String what,
      String description,
      Candidate of,
      ToDoubleFunction<Candidate> value) {
    Gauge.builder("tidegate.upstream.endpoint." + what, of, value)
        .description(description)
        .tag("upstream", upstream)
        .tag("endpoint", endpoint)
        .register(meters);
  }

  /** How many choices there are: one for the clients of each region and one for all others. */
  public int size() {
    return choices.length;
  }

  /** Which of the choices is that of this client. */
  public int of(String client) {
    int region = regions.of(client);
    return region == Regions.UNKNOWN ? regions.size() : region;
  }

  /** Whom a choice is made among. */
  public Eligible among(int choice) {
    return choices[choice];
  }

  /** A request of this choice is about to be sent. */
  public void count(int choice) {
    Choice made = choices[choice];
    if (made.away) {
      made.spilled.increment();
    }
  }

  /** Another endpoint than the one that failed, when the choice has but that one; -1 for none. */
  public int instead(int choice, int failed) {
    return choices[choice].instead(failed);
  }

  /** An exchange with the endpoint has ended. */
  public void ended(int endpoint, boolean failed) {
    endpoints[endpoint].count(nanos.getAsLong(), failed);
  }

  /** The endpoint has said how it is. */
  public void reported(int endpoint, LoadReport load) {
    endpoints[endpoint].report(load, nanos.getAsLong());
  }

  /** Called now and then by whoever shares it. */
  public void tick() {
    if (nanos.getAsLong() - due >= 0) {
      refresh();
    }
  }

  private synchronized void refresh() {
    long now = nanos.getAsLong();
    due = now + REFRESH_NANOS;
    int version = fitness.version();
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i].look(fitness.in(i), now);
    }
    outdo();
    for (Choice choice : choices) {
      choice.make();
    }
    seen = version;
  }

  /** Says why those are passed over whom others of their region outdo. */
  private void outdo() {
    for (int region = Regions.UNKNOWN; region < regions.size(); region++) {
      double best = best(of(region, true));
      for (Candidate endpoint : endpoints) {
        if (endpoint.region == region && endpoint.fit() && !endpoint.among(best)) {
          endpoint.outdone(best);
        }
      }
    }
  }

  /** The fit ones of a region, and only those with load to spare. */
  private int[] of(int region, boolean light) {
    return IntStream.range(0, endpoints.length)
        .filter(i -> endpoints[i].region == region)
        .filter(i -> endpoints[i].fit() && (!light || endpoints[i].light()))
        .toArray();
  }

  private double best(int[] of) {
    return Arrays.stream(of).mapToDouble(i -> endpoints[i].success()).max().orElse(0);
  }

  /** For people: fields of the endpoint's object. */
  public synchronized void show(int endpoint, JsonWriter json) {
    endpoints[endpoint].show(regions.name(endpoints[endpoint].region), json);
  }

  /** Those for the clients of one region. */
  private final class Choice implements Eligible {
    private final int region;
    final Counter spilled;
    private volatile boolean[] in = {};
    private volatile int[] ranked = {};
    private volatile int version;
    private int made;
    volatile boolean away;

    Choice(String upstream, int region, MeterRegistry meters) {
      this.region = region;
      this.spilled =
          Counter.builder("tidegate.upstream.region.spilled")
              .description("Requests that went to another region than their client's")
              .tag("upstream", upstream)
              .tag("region", regions.name(region))
              .register(meters);
    }

    @Override
    public int version() {
      if (fitness.version() != seen) {
        refresh();
      }
      return version;
    }

    @Override
    public boolean in(int endpoint) {
      return in[endpoint];
    }

    void make() {
      boolean[] next = new boolean[endpoints.length];
      List<int[]> groups = groups();
      int nearest = -1;
      for (int i = 0; i < groups.size() && nearest < 0; i++) {
        nearest = groups.get(i).length > 0 ? i : -1;
      }
      if (nearest >= 0) {
        double best = best(groups.get(nearest));
        for (int i : groups.get(nearest)) {
          next[i] = endpoints[i].among(best);
        }
      }
      away =
          region != Regions.UNKNOWN
              && nearest >= 0
              && endpoints[groups.get(nearest)[0]].region != region;
      ranked = IntStream.range(0, next.length).boxed().sorted(ranks()).mapToInt(i -> i).toArray();
      if (!Arrays.equals(next, in)) {
        in = next;
        version = ++made;
      }
    }

    /** Those with load to spare from near to far, and then those without. */
    private List<int[]> groups() {
      List<int[]> groups = new ArrayList<>();
      for (boolean light : new boolean[] {true, false}) {
        if (region == Regions.UNKNOWN) {
          groups.add(
              IntStream.range(0, endpoints.length)
                  .filter(i -> endpoints[i].fit() && (!light || endpoints[i].light()))
                  .toArray());
        } else {
          regions.order(region).forEach(near -> groups.add(of(near, light)));
        }
      }
      return groups;
    }

    private Comparator<Integer> ranks() {
      return Comparator.comparing((Integer i) -> !endpoints[i].fit())
          .thenComparing(i -> !endpoints[i].light())
          .thenComparing(
              i ->
                  region == Regions.UNKNOWN
                      ? 0
                      : regions.order(region).indexOf(endpoints[i].region))
          .thenComparing(i -> -endpoints[i].success());
    }

    int instead(int failed) {
      int chosen = 0;
      for (boolean one : in) {
        chosen += one ? 1 : 0;
      }
      if (chosen > 1) {
        return -1;
      }
      for (int endpoint : ranked) {
        if (endpoint != failed) {
          return endpoint;
        }
      }
      return -1;
    }
  }
}
