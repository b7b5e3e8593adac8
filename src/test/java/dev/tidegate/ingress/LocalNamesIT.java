package dev.tidegate.ingress;

import static dev.tidegate.testing.SpelledNames.nothing;
import static dev.tidegate.testing.SpelledNames.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.rest.Endpoint;
import dev.tidegate.rest.Endpoints;
import dev.tidegate.rest.Site;
import dev.tidegate.testing.Names;
import dev.tidegate.testing.RawAnswer;
import dev.tidegate.testing.SpelledNames;
import dev.tidegate.testing.SpelledNames.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Paths, names and methods of the gateway's own endpoints, for all that there are. */
@Timeout(120)
class LocalNamesIT {
  private static final String HEADERS = "Host: h\r\nX-API-Key: alice-key\r\n";
  private static final List<String> PAGES = List.of("book", "trades", "ticker", "candles");
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new TestGateway()
            .routes(
                Routes.of("id: markets, prefix: /v1/markets, local: markets"),
                Routes.of("id: records, prefix: /v1/requests, local: requests, auth: either"),
                Routes.of("id: problems, prefix: /problems, local: problems"))
            .start();
    gateway.bus.answer(
        Markets.catchUp(0),
        CaughtUp.class,
        ask -> Future.succeededFuture(new CaughtUp(null, state(String.valueOf(ask.symbol())))));
    gateway.bus.answer(Commands.FIND, Found.class, ask -> Future.succeededFuture(new Found(null)));
    List<String> symbols = new ArrayList<>(Names.AWKWARD);
    symbols.add("A");
    gateway.bus.publish(Markets.DIRECTORY, new Directory(0, 1, "e1", "n1", symbols));
  }

  private static SymbolState state(String symbol) {
    Snapshot none = new Snapshot(List.of(), List.of());
    return new SymbolState(symbol, 0, "e1", 1, 1, 1, none, 0, List.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static List<Site> sites() {
    return new Endpoints(gateway.bus, new SteppedLoop(), "test").sites();
  }

  @Test
  void everyNameIsReadRightOrRefused() {
    Set<String> places =
        sites().stream()
            .flatMap(
                site ->
                    site.endpoints().stream()
                        .flatMap(
                            endpoint ->
                                SpelledNames.places(
                                    "GET", site.root() + endpoint.path(), endpoint.parameters())))
            .collect(Collectors.toSet());
    Map<String, Row> rows = new HashMap<>();
    for (String page : PAGES) {
      rows.put(
          "GET /v1/markets/{+symbol}/" + page + " symbol",
          Row.path("GET", sent -> "/v1/markets/" + sent + "/" + page, LocalNamesIT::isOf));
    }
    parameter(rows, "book", "depth", "7");
    parameter(rows, "trades", "limit", "7");
    parameter(rows, "candles", "interval", "5m");
    rows.put(
        "GET /v1/requests/{id} id",
        Row.path("GET", sent -> "/v1/requests/" + sent, nothing(404, "there is no such request")));
    rows.put(
        "GET /problems/{slug} slug",
        Row.path("GET", sent -> "/problems/" + sent, nothing(404, "there is no such problem")));
    SpelledNames.check(gateway.port(), HEADERS + "\r\n", places, rows);
  }

  private static void isOf(RawAnswer answer, String symbol) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("symbol").asText()).isEqualTo(symbol);
  }

  /** What makes no sense is refused by name; what does is understood however it is escaped. */
  private static void parameter(Map<String, Row> rows, String page, String name, String valid) {
    BiConsumer<RawAnswer, String> refused = refused(name);
    String path = "/v1/markets/A/" + page + "?" + name + "=";
    rows.put(
        "GET /v1/markets/{+symbol}/" + page + " " + name,
        Row.query("GET", sent -> path + sent, refused));
    String escaped = String.format("%%%02X", (int) valid.charAt(0)) + valid.substring(1);
    assertThat(ask("GET", path + escaped).status()).as(path + escaped).isEqualTo(200);
  }

  private static RawAnswer ask(String method, String target) {
    return RawAnswer.of(gateway.port(), method + " " + target + " HTTP/1.1\r\n" + HEADERS + "\r\n");
  }

  @Test
  void everyPathTakesItsMethodsAndNoOther() {
    for (Site site : sites()) {
      for (Endpoint endpoint : site.endpoints()) {
        String path = site.root() + endpoint.path().replaceAll("\\{.*}", "A");
        int status = ask("GET", path).status();
        assertThat(status).as(path).isIn(200, 404);
        RawAnswer head = ask("HEAD", path);
        assertThat(head.status()).as("HEAD " + path).isEqualTo(status);
        for (String method :
            List.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "REPORT", "LINK")) {
          RawAnswer answer = ask(method, path);
          assertThat(answer.status()).as(method + " " + path).isEqualTo(405);
          assertThat(answer.headers()).as(method + " " + path).containsEntry("allow", "GET, HEAD");
          assertThat(answer.isProblem()).isTrue();
        }
      }
    }
  }

  @Test
  void whatIsNearAPathIsNotThePath() {
    for (Site site : sites()) {
      for (Endpoint endpoint : site.endpoints()) {
        String path = site.root() + endpoint.path().replaceAll("\\{.*}", "A");
        List<String> near = new ArrayList<>(List.of(path + "/x", "/x" + path, site.root() + "x"));
        if (endpoint.path().startsWith("/{") && !endpoint.path().startsWith("/{+")) {
          near.add(site.root() + "/x/y" + path.substring(site.root().length()));
        }
        for (String asked : near) {
          for (String method : List.of("GET", "DELETE")) {
            RawAnswer answer = ask(method, asked);
            assertThat(answer.status()).as(method + " " + asked + answer.body()).isEqualTo(404);
          }
        }
      }
    }
  }
}
