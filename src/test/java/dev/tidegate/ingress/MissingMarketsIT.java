package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Address;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever of the markets is missing, a request is answered in five seconds and told what. */
@Timeout(60)
class MissingMarketsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PAGES = List.of("book", "ticker", "trades", "candles");
  private static final int SHARDS = 1;

  private final TestGateway gateway =
      new TestGateway()
          .routes(Routes.of("id: markets, prefix: /v1/markets, local: markets"))
          .start();

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** What the owner of the only shard does when it is asked. */
  private enum Owner {
    ABSENT(503, "the owner of this market is not running", "never-sent"),
    SILENT(503, "the owner of this market did not answer in time", "unknown"),
    THROWS(503, "the owner of this market could not answer", "unknown"),
    FAILS(503, "the owner of this market could not answer", "unknown"),
    NONSENSE(500, "the answer could not be made", "unknown"),
    KNOWS_NOTHING(404, "there is no such symbol", "");

    final int status;
    final String detail;
    final String outcome;

    Owner(int status, String detail, String outcome) {
      this.status = status;
      this.detail = detail;
      this.outcome = outcome;
    }
  }

  private void own(Owner owner) {
    Function<CatchUp, Future<CaughtUp>> answer =
        switch (owner) {
          case ABSENT -> null;
          case SILENT -> question -> Promise.<CaughtUp>promise().future();
          case THROWS ->
              question -> {
                throw new IllegalStateException("a test");
              };
          case FAILS -> question -> Future.failedFuture("a test");
          case NONSENSE -> question -> Future.succeededFuture(new CaughtUp(null, nonsense()));
          case KNOWS_NOTHING -> question -> Future.succeededFuture(new CaughtUp(null, null));
        };
    if (answer != null) {
      Address<CatchUp> at = Markets.catchUp(0);
      gateway.bus.answer(at, CaughtUp.class, answer).completion().await();
    }
  }

  /** A state that no document can be made of. */
  private static SymbolState nonsense() {
    Snapshot none = new Snapshot(null, null);
    return new SymbolState("A", 0, "e1", 1, 1, 1, none, 0, null);
  }

  private void list(int shards, String epoch, String... symbols) {
    gateway.bus.publish(Markets.DIRECTORY, new Directory(0, shards, epoch, "n1", List.of(symbols)));
  }

  private static Stream<Arguments> owners() {
    return Stream.of(Owner.values())
        .flatMap(owner -> PAGES.stream().map(page -> Arguments.of(owner, page)));
  }

  @ParameterizedTest
  @MethodSource("owners")
  void everyPageSaysWhatIsMissing(Owner owner, String page) throws IOException {
    own(owner);
    list(SHARDS, "e1", "A");
    JsonNode problem = problem("/A/" + page, owner.status);
    assertThat(problem.path("detail").asText()).startsWith(owner.detail);
    assertThat(problem.path("outcome").asText("")).isEqualTo(owner.outcome);
  }

  private static Stream<String> all() {
    return Stream.concat(Stream.of(""), PAGES.stream().map(page -> "/A/" + page));
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingIsSaidOfShardsThatNobodyLists(String path) throws IOException {
    JsonNode nobody = problem(path, 503);
    assertThat(nobody.path("detail").asText()).isEqualTo("markets: no shard has been listed yet");
    assertThat(nobody.path("outcome").asText()).isEqualTo("never-sent");
    list(3, "e1", "B");
    Await.await(
        () ->
            problem(path, 503)
                .path("detail")
                .asText()
                .equals("markets: 2 of 3 shards have not been listed yet"));
  }

  @Test
  void whatComesRightAfterTheStartIsWaitedFor() throws IOException {
    own(Owner.KNOWS_NOTHING);
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send("GET /v1/markets HTTP/1.1\r\nHost: h\r\n\r\n");
      list(SHARDS, "e1", "B", "A");
      Answer answer = http.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"markets\":[{\"symbol\":\"A\"},{\"symbol\":\"B\"}]}");
    }
  }

  @Test
  void whatANewNumberingDoesNotHaveIsNotListedAnyLonger() throws IOException {
    own(Owner.SILENT);
    list(SHARDS, "e1", "A", "B");
    Await.await(() -> get("").body().contains("\"B\""));
    list(SHARDS, "e2", "A", "C");
    Await.await(() -> get("").body().contains("\"C\""));
    Await.await(() -> !get("").body().contains("\"B\""));
    assertThat(get("").body()).isEqualTo("{\"markets\":[{\"symbol\":\"A\"},{\"symbol\":\"C\"}]}");
    for (String page : PAGES) {
      assertThat(problem("/B/" + page, 404).path("detail").asText())
          .startsWith("there is no such symbol");
    }
  }

  private JsonNode problem(String path, int status) throws IOException {
    long began = System.nanoTime();
    Answer answer = get(path);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    return JSON.readTree(answer.body());
  }

  private Answer get(String path) throws IOException {
    return RawHttp.once(gateway.port(), "GET /v1/markets" + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
  }
}
