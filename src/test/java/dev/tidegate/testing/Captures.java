package dev.tidegate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Where the recorded markets are: the full ones beside the checkout, or in the folder of {@code
 * -Dtidegate.captures=}, when they are there; else the project's own.
 */
public final class Captures {
  private static final String FULL =
      System.getProperty("tidegate.captures", "../shared/market-captures");

  private Captures() {}

  public static Path coinbase() {
    return first(
        FULL + "/coinbase-level2-10-products-30s.log.gz",
        "src/test/resources/captures/coinbase.log.gz");
  }

  public static Path binance() {
    return first(
        FULL + "/binance-delivery-30s.log.gz", "src/test/resources/captures/binance.log.gz");
  }

  /** How long the recording lasted. */
  public static double seconds(Path capture) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(capture)), StandardCharsets.UTF_8))) {
      List<Double> times =
          lines
              .lines()
              .filter(line -> !line.isEmpty() && Character.isDigit(line.charAt(0)))
              .map(line -> Double.parseDouble(line.substring(0, line.indexOf(':'))))
              .toList();
      return times.getLast() - times.getFirst();
    }
  }

  private static Path first(String... places) {
    Path found = Stream.of(places).map(Path::of).filter(Files::exists).findFirst().orElseThrow();
    System.out.println("capture: " + found);
    return found;
  }
}
