package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
  private final RequestIds ids = new RequestIds(new Random(1));

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab:cd", "0198c0c4-6b7a-7000-8000-000000000000", "A_z.9"})
  void takesOverWhatIsSane(String given) {
    assertThat(ids.of(given)).isEqualTo(given);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\"b", "a\nb", "ümlaut", "a/b", "a;b"})
  void replacesWhatIsNot(String given) {
    assertThat(ids.of(given)).isNotEqualTo(given).matches("[a-z0-9-]{8,64}");
  }

  @Test
  void takesOver128CharactersAndNotOneMore() {
    assertThat(ids.of("x".repeat(128))).isEqualTo("x".repeat(128));
    assertThat(ids.of("x".repeat(129))).hasSizeLessThan(128);
  }

  @Test
  void newIdsDifferHereAndElsewhere() {
    RequestIds elsewhere = new RequestIds(new Random(2));
    assertThat(ids.of(null)).isNotEqualTo(ids.get()).isNotEqualTo(elsewhere.get());
    assertThat(new RequestIds(new Random(3)).get()).isEqualTo(new RequestIds(new Random(3)).get());
  }
}
