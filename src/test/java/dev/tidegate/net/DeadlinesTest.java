package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlinesTest {
  @ParameterizedTest
  @CsvSource({
    "1H,,3600000",
    "2M,,120000",
    "3S,,3000",
    "250m,,250",
    "99999999u,,99999",
    "5n,,0",
    ",1500,1500",
    "2S,1500,1500",
    "1S,1500,1000",
    ",0,0",
  })
  void readsBothAndTakesTheShorter(String grpc, String expected, long millis) {
    assertThat(Deadlines.left(grpc, expected)).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"S,", "1,", "-1S,", "1s,", "123456789S,", ",-1", ",1.5", ",1234567890123", ",' '"})
  void whatCannotBeReadSaysNothing(String grpc, String expected) {
    assertThat(Deadlines.left(grpc, expected)).isEqualTo(Deadlines.NONE);
  }

  @Test
  void saysWhatIsLeftAsItWasSaid() {
    MultiMap grpc = MultiMap.caseInsensitiveMultiMap().set("grpc-timeout", "1H");
    Deadlines.write(grpc, 1_234);
    assertThat(grpc.get("grpc-timeout")).isEqualTo("1234m");
    assertThat(grpc.contains(Deadlines.EXPECTED)).isFalse();
    MultiMap other = MultiMap.caseInsensitiveMultiMap();
    Deadlines.write(other, 1_234);
    assertThat(other.get(Deadlines.EXPECTED)).isEqualTo("1234");
  }
}
