package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.MarketClients;
import dev.tidegate.testing.SampleBackend;
import dev.tidegate.testing.StreamClient;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A cluster with a market that moves, a client on each node that keeps the books, and callers that
 * post orders to each: whatever happens to its nodes, it is to {@link #heal}.
 */
final class BusyCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SYMBOLS = List.of("ADA-USD", "BTC-USD", "ETH-USD", "SOL-USD");
  private static final int SHARDS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Within which it has to be one cluster again. */
  private static final Duration HEALED = Duration.ofSeconds(10);

  final GatewayCluster cluster;
  private final SampleBackend backend;
  private final Map<String, Book> books = new HashMap<>();
  private final Map<GatewayProcess, StreamClient> clients = new HashMap<>();
  private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
  private final Queue<String> answers = new ConcurrentLinkedQueue<>();
  private final Lock market = new ReentrantLock();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /** What clients have to have in the end. */
  private static final class Book {
    final TreeMap<BigDecimal, String> bids = new TreeMap<>(Comparator.reverseOrder());
    final TreeMap<BigDecimal, String> asks = new TreeMap<>();
  }

  BusyCluster(GatewayCluster cluster) throws IOException, InterruptedException {
    this.cluster = cluster;
    this.backend = SampleBackend.start(cluster);
    cluster.list(SYMBOLS);
    SYMBOLS.forEach(symbol -> books.put(symbol, new Book()));
    for (GatewayProcess node : cluster.nodes()) {
      clients.put(node, MarketClients.follow("on " + node.name(), node, SYMBOLS, 0));
    }
    begin("market", this::move);
    for (GatewayProcess node : cluster.nodes()) {
      begin("orders at " + node.name(), () -> post(node));
    }
  }

  private void begin(String name, Runnable task) {
    threads.add(Thread.ofPlatform().daemon().name(name).start(task));
  }

  private void move() {
    Random chance = new Random(11);
    try (KafkaProducer<String, String> out = cluster.producer()) {
      for (long seq = 1; !closed; seq++) {
        market.lock();
        try {
          for (String symbol : SYMBOLS) {
            out.send(new ProducerRecord<>(cluster.feedTopic, symbol, delta(symbol, chance)));
            out.send(new ProducerRecord<>(cluster.feedTopic, symbol, trade(symbol, seq)));
          }
        } finally {
          market.unlock();
        }
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String delta(String symbol, Random chance) {
    Book book = books.get(symbol);
    boolean bid = chance.nextBoolean();
    String price = Integer.toString(bid ? 100 - chance.nextInt(50) : 101 + chance.nextInt(50));
    String size = Integer.toString(chance.nextInt(10));
    TreeMap<BigDecimal, String> side = bid ? book.bids : book.asks;
    if (size.equals("0")) {
      side.remove(new BigDecimal(price));
    } else {
      side.put(new BigDecimal(price), size);
    }
    String level = "[[\"" + price + "\",\"" + size + "\"]]";
    return record("book.delta", symbol)
        + ",\"bids\":"
        + (bid ? level : "[]")
        + ",\"asks\":"
        + (bid ? "[]" : level)
        + "}";
  }

  private static String trade(String symbol, long seq) {
    return record("trade", symbol)
        + ",\"id\":\"t"
        + seq
        + "\",\"price\":\"100\",\"size\":\"1\",\"side\":\"buy\"}";
  }

  private static String record(String type, String symbol) {
    long micros = System.currentTimeMillis() * 1000;
    return "{\"type\":\"" + type + "\",\"symbol\":\"" + symbol + "\",\"time\":" + micros;
  }

  private void post(GatewayProcess node) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int order = 0; !closed; order++) {
        try {
          answer(node, order(http, node, node.name() + "-" + order + "-" + System.nanoTime()));
        } catch (IOException e) {
          answers.add(node.name() + ": " + e); // nothing was promised
        }
        Thread.sleep(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(GatewayProcess node, HttpResponse<String> answer) throws IOException {
    JsonNode body = JSON.readTree(answer.body());
    if (answer.statusCode() == 202) {
      accepted.add(body.path("id").asText());
    } else if (!body.hasNonNull("type")) {
      answers.add(node.name() + " neither accepts nor refuses: " + answer.body());
    }
  }

  private static HttpResponse<String> order(HttpClient http, GatewayProcess node, String key)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.http() + "/v1/orders"))
            .timeout(Duration.ofMinutes(2))
            .header("X-API-Key", "alice-key")
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"order\":\"" + key + "\"}"))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /**
   * It is one cluster again in time, with one owner of each shard, and nothing was lost: books are
   * exact, no session was ended, and what was accepted has run. What breaks this is thrown.
   */
  void heal(String after) throws InterruptedException {
    long mended = System.nanoTime();
    for (GatewayProcess node : cluster.nodes()) {
      Duration left = HEALED.minusNanos(System.nanoTime() - mended);
      Await.await("one cluster at " + node.name() + " after " + after, left, () -> whole(node));
    }
    System.out.printf("%s: healed after %d ms%n", after, (System.nanoTime() - mended) / 1_000_000);
    newOrdersAreTaken(after);
    everyAcceptedOrderRuns(after);
    booksAreExact(after);
    assertThat(answers).as("what callers were told, " + after).isEmpty();
  }

  private void newOrdersAreTaken(String after) {
    int before = accepted.size();
    Await.await(
        "new orders after " + after,
        PATIENCE,
        () -> accepted.size() >= before + 10 * cluster.nodes().size());
  }

  private void everyAcceptedOrderRuns(String after) {
    List<String> promised = List.copyOf(accepted);
    for (String id : promised) {
      if (!backend.ran().contains(id)) {
        String url = cluster.node(0).http() + "/v1/requests/" + id;
        Await.await(
            "a result of " + id + " after " + after, PATIENCE, () -> GatewayCluster.completed(url));
      }
    }
    assertThat(backend.ran()).doesNotHaveDuplicates();
  }

  private void booksAreExact(String after) {
    market.lock();
    try {
      for (StreamClient client : clients.values()) {
        books.forEach(
            (symbol, book) ->
                Await.await(
                    client.name() + " has the book of " + symbol + " after " + after,
                    PATIENCE,
                    () ->
                        client.look(
                            "book",
                            symbol,
                            f -> f.bids.equals(book.bids) && f.asks.equals(book.asks))));
        assertThat(client.breaches()).as(client.name() + " after " + after).isEmpty();
        assertThat(client.isOpen())
            .as(client.name() + " is connected after " + after + ": " + client.closeCode())
            .isTrue();
        client.forgetItems();
      }
    } finally {
      market.unlock();
    }
  }

  /** Trouble for so long, after which the node sees that it is not one cluster any more. */
  void suffer(int seconds, GatewayProcess witness) {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    Await.await(
        "trouble, as seen by " + witness.name(),
        Duration.ofSeconds(seconds).plus(PATIENCE),
        () -> System.nanoTime() > end && !whole(witness));
  }

  /** Whether the node hears of all nodes, and of one that owns each shard. */
  private boolean whole(GatewayProcess asked) {
    Set<String> heard = new HashSet<>();
    Map<Integer, Integer> owners = new TreeMap<>();
    JsonNode view;
    try {
      view = JSON.readTree(GatewayCluster.get(asked.admin() + "/admin/v1/market").body());
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    for (JsonNode part : view.path("parts")) {
      heard.add(part.path("node").asText());
      for (JsonNode replica : part.path("data").path("replicas")) {
        int owns = replica.path("owning").asBoolean() ? 1 : 0;
        owners.merge(replica.path("shard").asInt(), owns, Integer::sum);
      }
    }
    return heard.size() == cluster.nodes().size()
        && owners.size() == SHARDS
        && owners.values().stream().allMatch(count -> count == 1);
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    clients.values().forEach(StreamClient::close);
    backend.close();
    cluster.close();
  }
}
