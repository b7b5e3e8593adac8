package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Settings;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.net.Network;
import dev.tidegate.upstream.balance.Regions.Region;
import dev.tidegate.upstream.balance.Selection.Place;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {
  private static final String IN_EU = "10.1.0.7";
  private static final String IN_US = "10.2.0.7";
  private static final String NOWHERE = "192.0.2.1";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Fit fit = new Fit();
  private final Regions regions =
      new Regions(
          List.of(
              region("eu", "10.1.0.0/16", "us"),
              region("asia", "10.3.0.0/16", "us", "eu"),
              region("us", "10.2.0.0/16", "eu")));
  private long nanos = 5_000_000_000L;

  private static Region region(String name, String clients, String... next) {
    return new Region(name, List.of(Network.parse(clients)), List.of(next));
  }

  /** Which endpoints take requests at all. */
  private static final class Fit implements Eligible {
    private final TreeSet<Integer> out = new TreeSet<>();
    private int version;

    void put(int endpoint, boolean in) {
      if (in ? out.remove(endpoint) : out.add(endpoint)) {
        version++;
      }
    }

    @Override
    public int version() {
      return version;
    }

    @Override
    public boolean in(int endpoint) {
      return !out.contains(endpoint);
    }
  }

  /** Endpoints in these regions, as {@code a0}, {@code a1} and so on. */
  private Selection selection(String... in) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < in.length; i++) {
      places.add(new Place("a" + i, in[i].isEmpty() ? null : in[i]));
    }
    SelectionConfig config = Settings.of(SelectionConfig.class, "{}");
    return new Selection("u", places, regions, config, fit, meters, () -> nanos);
  }

  private List<Integer> among(Selection selection, String client) {
    Eligible eligible = selection.among(selection.of(client));
    eligible.version();
    List<Integer> in = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      if (i < size && eligible.in(i)) {
        in.add(i);
      }
    }
    return in;
  }

  private int size = 4;

  private void later(Selection selection, String duration) {
    nanos += Duration.parse("PT" + duration).toNanos();
    selection.tick();
  }

  private static void requests(Selection selection, int endpoint, int well, int failed) {
    for (int i = 0; i < well + failed; i++) {
      selection.ended(endpoint, i >= well);
    }
  }

  private static String shown(Selection selection, int endpoint) {
    JsonWriter json = new JsonWriter().object();
    selection.show(endpoint, json);
    return json.end().toString();
  }

  @Test
  void aClientIsServedInItsRegion() {
    Selection selection = selection("eu", "us", "eu", "us");
    assertThat(among(selection, IN_EU)).containsExactly(0, 2);
    assertThat(among(selection, IN_US)).containsExactly(1, 3);
    assertThat(among(selection, NOWHERE)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void theNextNearestRegionStandsInAtOnceAndIsCounted() {
    Selection selection = selection("eu", "us", "asia", "");
    assertThat(among(selection, IN_EU)).containsExactly(0);
    fit.put(0, false);
    assertThat(among(selection, IN_EU)).containsExactly(1);
    selection.count(selection.of(IN_EU));
    assertThat(meters.get("tidegate.upstream.region.spilled").tag("region", "eu").counter().count())
        .isEqualTo(1);
    fit.put(1, false);
    assertThat(among(selection, IN_EU)).containsExactly(2);
    fit.put(2, false);
    assertThat(among(selection, IN_EU)).as("one without a region is last").containsExactly(3);
    fit.put(0, true);
    assertThat(among(selection, IN_EU)).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "0.79, 0.79, true",
    "0.8,  0.1,  false",
    "0.1,  0.8,  false",
    "1.7,  NaN,  false",
    "NaN,  0.2,  true"
  })
  void fromTheLimitOnAnEndpointIsPassedOver(double cpu, double memory, boolean chosen) {
    size = 3;
    Selection selection = selection("eu", "eu", "us");
    selection.reported(0, new LoadReport(cpu, memory));
    later(selection, "0.1S");
    assertThat(among(selection, IN_EU).contains(0)).isEqualTo(chosen);
    assertThat(shown(selection, 0).contains("passedOver")).isEqualTo(!chosen);
    later(selection, "10S");
    assertThat(among(selection, IN_EU)).as("a report holds for 10 s").containsExactly(0, 1);
  }

  @Test
  void loadSendsClientsToTheNextRegionAndHomeWhenAllAreFull() {
    size = 2;
    Selection selection = selection("eu", "us");
    selection.reported(0, new LoadReport(0.9, 0));
    later(selection, "0.1S");
    assertThat(among(selection, IN_EU)).containsExactly(1);
    assertThat(shown(selection, 0)).contains("its CPU is at 90 % (limit 80 %)");
    selection.reported(1, new LoadReport(0, 0.95));
    later(selection, "0.1S");
    assertThat(among(selection, IN_EU)).containsExactly(0);
    assertThat(among(selection, IN_US)).containsExactly(1);
  }

  @Test
  void theMostSuccessfulOfARegionAreChosenAndCloseRatesAreATie() {
    Selection selection = selection("eu", "eu", "eu", "us");
    requests(selection, 0, 100, 0);
    requests(selection, 1, 95, 5);
    requests(selection, 2, 94, 6);
    requests(selection, 3, 0, 100);
    later(selection, "0.1S");
    assertThat(among(selection, IN_EU)).containsExactly(0, 1);
    assertThat(shown(selection, 2))
        .contains("94 % of its requests succeed (the best of its region: 100 %)");
    assertThat(among(selection, IN_US)).as("nearness comes first").containsExactly(3);
    later(selection, "11S");
    assertThat(among(selection, IN_EU)).as("what is long ago").containsExactly(0, 1, 2);
  }

  @Test
  void fewRequestsTellNothing() {
    Selection selection = selection("eu", "eu", "eu", "eu");
    requests(selection, 0, 0, 19);
    later(selection, "0.1S");
    assertThat(among(selection, IN_EU)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void whoFailsAsTheOnlyOneIsReplacedByTheNearestOfTheOthers() {
    Selection selection = selection("eu", "asia", "us", "us");
    selection.reported(2, new LoadReport(0.9, 0));
    later(selection, "0.1S");
    assertThat(selection.instead(selection.of(IN_EU), 0)).isEqualTo(3);
    assertThat(selection.instead(selection.of(IN_US), 3)).isEqualTo(0);
    assertThat(selection.instead(selection.of(NOWHERE), 0)).as("has several").isEqualTo(-1);
  }

  /** Whatever the state: what the three levels say, said once more in plain words. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void choosesByRegionThenLoadThenSuccess(long seed) {
    Random random = new Random(seed);
    String[] names = {"eu", "asia", "us", ""};
    for (int round = 0; round < 200; round++) {
      size = 1 + random.nextInt(8);
      String[] in = new String[size];
      double[] load = new double[size];
      int[] success = new int[size];
      for (int i = 0; i < size; i++) {
        in[i] = names[random.nextInt(4)];
      }
      Selection selection = selection(in);
      for (int i = 0; i < size; i++) {
        load[i] = random.nextInt(11) / 10.0;
        success[i] = 80 + random.nextInt(21);
        selection.reported(i, new LoadReport(load[i], 0));
        requests(selection, i, success[i], 100 - success[i]);
        fit.put(i, random.nextInt(4) > 0);
      }
      later(selection, "0.1S");
      assertThat(among(selection, IN_EU))
          .as("seed %d round %d", seed, round)
          .isEqualTo(expected(List.of("eu", "us", "asia", ""), in, load, success));
    }
  }

  private List<Integer> expected(List<String> order, String[] in, double[] load, int[] success) {
    for (double limit : new double[] {0.8, Double.MAX_VALUE}) {
      for (String region : order) {
        List<Integer> able = new ArrayList<>();
        int best = 0;
        for (int i = 0; i < in.length; i++) {
          if (in[i].equals(region) && fit.in(i) && load[i] < limit) {
            able.add(i);
            best = Math.max(best, success[i]);
          }
        }
        int most = best;
        able.removeIf(i -> success[i] < most - 5);
        if (!able.isEmpty()) {
          return able;
        }
      }
    }
    return List.of();
  }
}
