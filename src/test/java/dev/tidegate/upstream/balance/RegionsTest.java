package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.net.Network;
import dev.tidegate.upstream.balance.Regions.Region;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionsTest {
  private final Regions regions =
      new Regions(
          List.of(
              region("world", "0.0.0.0/0"),
              region("eu", "10.0.0.0/8", "2001:db8::/32"),
              region("berlin", "10.7.0.0/16", "10.9.9.9", "2001:db8:7::/48"),
              region("us", "172.16.0.0/12")));

  private static Region region(String name, String... clients) {
    return new Region(name, Stream.of(clients).map(Network::parse).toList(), List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.1.1, eu",
    "10.7.1.1, berlin",
    "10.9.9.9, berlin",
    "10.9.9.8, eu",
    "::ffff:10.7.1.1, berlin",
    "172.31.255.255, us",
    "172.32.0.0, world",
    "2001:db8::1, eu",
    "2001:db8:7::1, berlin",
    "2001:db9::1, none",
    "unix, none"
  })
  void theLongestRangeSaysWhereAClientIs(String client, String region) {
    assertThat(regions.name(regions.of(client))).isEqualTo(region);
  }

  @Test
  void withoutRangesNobodyIsAnywhere() {
    assertThat(new Regions(List.of()).of("10.1.1.1")).isEqualTo(Regions.UNKNOWN);
  }

  @Test
  void othersFollowThoseThatAreNamed() {
    Regions named =
        new Regions(
            List.of(
                new Region("a", List.of(), List.of("c")),
                new Region("b", List.of(), List.of()),
                new Region("c", List.of(), List.of("b", "a"))));
    assertThat(named.order(0)).containsExactly(0, 2, 1, Regions.UNKNOWN);
    assertThat(named.order(1)).containsExactly(1, 0, 2, Regions.UNKNOWN);
    assertThat(named.order(2)).containsExactly(2, 1, 0, Regions.UNKNOWN);
  }
}
