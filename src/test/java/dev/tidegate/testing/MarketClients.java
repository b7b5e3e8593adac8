package dev.tidegate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Clients that follow whole markets, and what they must end with. */
public final class MarketClients {
  private MarketClients() {}

  /** A client with the book and the trades of every symbol, after their snapshots have arrived. */
  public static StreamClient follow(
      String name, GatewayProcess node, Iterable<String> symbols, int window)
      throws InterruptedException {
    StreamClient client = new StreamClient(name, null);
    List<ObjectNode> channels = new ArrayList<>();
    for (String symbol : symbols) {
      awaitListed(node, symbol);
      channels.add(StreamClient.channel("book", symbol, window));
      channels.add(StreamClient.channel("trades", symbol, window));
    }
    client.connect(node.stream());
    client.subscribe(channels);
    Await.await(
        name + " has every book's snapshot",
        Duration.ofSeconds(20),
        () ->
            client.feeds().values().stream().filter(f -> f.snapshots > 0).count() * 2
                == channels.size());
    client.forgetItems();
    return client;
  }

  public static void awaitListed(GatewayProcess node, String symbol) throws InterruptedException {
    String url = node.http() + "/v1/markets/" + symbol + "/book?depth=1";
    Await.await(
        symbol + " is listed on " + node.name(), Duration.ofSeconds(20), () -> status(url) == 200);
  }

  private static int status(String url) {
    try {
      return GatewayCluster.get(url).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /**
   * Waits for, and then insists on, every level of every book, and every trade once and in order.
   */
  public static void endsWith(StreamClient client, Map<String, ReferenceBook> expected)
      throws InterruptedException {
    for (Map.Entry<String, ReferenceBook> entry : expected.entrySet()) {
      String symbol = entry.getKey();
      ReferenceBook book = entry.getValue();
      Await.await(
          client.name() + " has all of " + symbol + "; " + client.breaches(),
          Duration.ofSeconds(30),
          () ->
              client.look("book", symbol, f -> f.bids.equals(book.bids) && f.asks.equals(book.asks))
                  && client.look("trades", symbol, f -> f.items.size() >= book.trades.size()));
      List<String> trades =
          client.look(
              "trades", symbol, f -> f.items.stream().map(t -> t.path("id").asText()).toList());
      assertThat(trades).as(client.name() + " trades of " + symbol).isEqualTo(book.trades);
    }
    assertThat(client.breaches()).as(client.name()).isEmpty();
  }
}
