package dev.tidegate.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

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

  private static Path first(String... places) {
    Path found = Stream.of(places).map(Path::of).filter(Files::exists).findFirst().orElseThrow();
    System.out.println("capture: " + found);
    return found;
  }
}
