package dev.tidegate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedRuleStoreTest {
  private final Vertx vertx = Vertx.vertx();
  private final RuleStore store =
      new SharedRuleStore(
          vertx.sharedData().<String, String>getAsyncMap(SharedRuleStore.NAME).await());

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void countsVersionsFromOne() {
    assertThat(store.version().await()).isZero();
    assertThat(store.advance().await()).isEqualTo(1);
    assertThat(store.advance().await()).isEqualTo(2);
    assertThat(store.version().await()).isEqualTo(2);
  }

  @Test
  void givesEveryoneAVersionOfItsOwn() {
    List<Future<Long>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(store.advance());
    }
    assertThat(all.stream().map(each -> each.await())).doesNotHaveDuplicates();
    assertThat(store.version().await()).isEqualTo(50);
  }

  @Test
  void changesOnlyWhatIsAsExpected() {
    assertThat(store.replace("k", null, "1").await()).isTrue();
    assertThat(store.replace("k", null, "2").await()).isFalse();
    assertThat(store.replace("k", "2", "3").await()).isFalse();
    assertThat(store.replace("k", "1", "2").await()).isTrue();
    assertThat(store.remove("k", "1").await()).isFalse();
    assertThat(store.get("k").await()).isEqualTo("2");
    assertThat(store.remove("k", "2").await()).isTrue();
    assertThat(store.get("k").await()).isNull();
  }

  @Test
  void theVersionIsNoEntry() {
    store.advance().await();
    store.replace("k", null, "1").await();
    assertThat(store.entries().await()).isEqualTo(Map.of("k", "1"));
  }

  @Test
  void restoresWhatNobodyHasChanged() {
    store.replace("k", null, "newer").await();
    store.restore(7, Map.of("k", "older", "l", "kept")).await();
    assertThat(store.entries().await()).isEqualTo(Map.of("k", "newer", "l", "kept"));
    assertThat(store.version().await()).isEqualTo(7);
  }
}
