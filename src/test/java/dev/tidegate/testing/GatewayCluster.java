package dev.tidegate.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes as processes of their own on loopback, joined by Hazelcast, with topics that belong to this
 * cluster alone.
 */
public final class GatewayCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public final String kafka;
  public final String feedTopic;
  public final String commandTopic;
  public final String resultsTopic;
  private final List<GatewayProcess> nodes = new CopyOnWriteArrayList<>();
  private @Nullable CutLines lines;
  private int firstPort;
  private String redis = "";

  private GatewayCluster(String name, KafkaBroker broker) {
    String unique = name + "-" + Long.toString(System.nanoTime(), 36);
    this.kafka = broker.bootstrapServers();
    this.feedTopic = "market.updates." + unique;
    this.commandTopic = "commands." + unique;
    this.resultsTopic = "command.results." + unique;
    broker.createTopic(feedTopic, 4);
    broker.createTopic(commandTopic, 4);
    broker.createTopic(resultsTopic, 4);
  }

  /** Starts the nodes at once and waits until each is ready. */
  public static GatewayCluster start(String name, int size, KafkaBroker kafka, RedisServer redis)
      throws IOException, InterruptedException {
    GatewayCluster cluster = new GatewayCluster(name, kafka);
    cluster.firstPort = Ports.free(Math.max(size, 3));
    cluster.redis = redis.uri();
    for (int i = 1; i <= size; i++) {
      cluster.nodes.add(cluster.launch(name + "-n" + i));
    }
    cluster.awaitReady();
    return cluster;
  }

  /** Two nodes that reach each other over lines that can be cut. */
  public static GatewayCluster startOverLines(String name, KafkaBroker kafka, RedisServer redis)
      throws IOException, InterruptedException {
    GatewayCluster cluster = new GatewayCluster(name, kafka);
    int port = Ports.free(4);
    CutLines between = new CutLines();
    cluster.lines = between;
    for (int node = 0; node < 2; node++) {
      between.lead(node, port + node);
      between.lead(node, port + 2 + node);
      cluster.nodes.add(cluster.overLines(name + "-n" + (node + 1), node, port, redis.uri()));
    }
    cluster.awaitReady();
    return cluster;
  }

  private void awaitReady() throws IOException, InterruptedException {
    try {
      for (GatewayProcess node : nodes) {
        node.awaitReady();
      }
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  private GatewayProcess overLines(String name, int node, int port, String redis)
      throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "nodes", name + "-" + port));
    String address = CutLines.announced(node) + ":" + (port + node);
    Path cluster =
        Files.writeString(
            folder.resolve("cluster.xml"),
            Files.readString(Path.of("cluster.xml"))
                .replace(
                    "<network>",
                    "<network>\n    <public-address>" + address + "</public-address>"));
    Map<String, String> environment =
        Map.of(
            "TIDEGATE_KAFKA",
            kafka,
            "TIDEGATE_REDIS",
            redis,
            "TIDEGATE_CLUSTER_PORT",
            Integer.toString(port + node),
            "TIDEGATE_BUS_PORT",
            Integer.toString(port + 2 + node),
            "TIDEGATE_MEMBERS",
            CutLines.announced(0) + ":" + port + "," + CutLines.announced(1) + ":" + (port + 1));
    return GatewayProcess.node(
        name,
        environment,
        Files.writeString(folder.resolve("tidegate.yaml"), config(name)),
        Files.writeString(folder.resolve("verticles.json"), VERTICLES),
        cluster);
  }

  /** Between the nodes of a cluster that was started over lines. */
  public CutLines lines() {
    return Objects.requireNonNull(lines, "not started over lines");
  }

  /** Starts one that has died again, as a process of its own, and waits until it is ready. */
  public GatewayProcess again(int index) throws IOException, InterruptedException {
    GatewayProcess node = launch(nodes.get(index).name());
    nodes.set(index, node);
    return node.awaitReady();
  }

  private GatewayProcess launch(String name) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "nodes", name + "-" + firstPort));
    Path config = Files.writeString(folder.resolve("tidegate.yaml"), config(name));
    Path verticles = Files.writeString(folder.resolve("verticles.json"), VERTICLES);
    return GatewayProcess.node(name, firstPort, kafka, redis, config, verticles);
  }

  private static final String VERTICLES =
      """
      {"roles": [
        {"role": "INGRESS", "instances": 1}, {"role": "UPSTREAM", "instances": 1},
        {"role": "COMMAND", "instances": 1}, {"role": "MARKET", "instances": 1},
        {"role": "STREAM", "instances": 2}, {"role": "ADMIN", "instances": 1}
      ]}
      """;

  private String config(String name) {
    return """
        node: %s
        http: {host: 127.0.0.1, port: 0}
        stream:
          host: 127.0.0.1
          port: 0
          drain: 10s
          cancelOnDisconnect: {topic: %s, route: orders, path: /v1/orders}
        admin: {host: 127.0.0.1, port: 0}
        auth:
          consumers:
            - {name: alice, account: alice, tier: registered, key: alice-key}
            - {name: bob, account: bob, tier: registered, key: bob-key}
            - {name: mm-1, account: mm-1, tier: market-maker, key: mm-1-key}
        rateLimits:
          - {name: default, rate: 100000, burst: 100000, by: consumer}
        commands:
          topics: [%s]
          resultsTopic: %s
          deadTopic: %s.dead
        market:
          feed: kafka
          topic: %s
        routes:
          - {id: orders, path: /v1/orders, methods: [POST], async: {topic: %s, channel: orders}, auth: apiKey}
          - {id: requests, prefix: /v1/requests, local: requests, auth: apiKey}
          - {id: markets, prefix: /v1/markets, local: markets}
        """
        .formatted(
            name, commandTopic, commandTopic, resultsTopic, commandTopic, feedTopic, commandTopic);
  }

  public List<GatewayProcess> nodes() {
    return nodes;
  }

  public GatewayProcess node(int index) {
    return nodes.get(index);
  }

  /**
   * Publishes one record to the feed topic per symbol, so that clients can subscribe before the
   * market opens.
   */
  public void list(Iterable<String> symbols) {
    try (KafkaProducer<String, String> producer = producer()) {
      for (String symbol : symbols) {
        producer.send(
            new ProducerRecord<>(
                feedTopic,
                symbol,
                "{\"type\":\"book.snapshot\",\"symbol\":\""
                    + symbol
                    + "\",\"time\":1,\"bids\":[],\"asks\":[]}"));
      }
      producer.flush();
    }
  }

  public KafkaProducer<String, String> producer() {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka,
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.LINGER_MS_CONFIG, "1"),
        new StringSerializer(),
        new StringSerializer());
  }

  /** The replay command as a process of its own, as an operator runs it. */
  public GatewayProcess replay(Path capture, String speed) throws IOException {
    return GatewayProcess.start(
        "replay",
        new TreeMap<>(),
        List.of(
            "replay",
            "--kafka",
            kafka,
            "--topic",
            feedTopic,
            "--speed",
            speed,
            capture.toString()));
  }

  /** Whether the record at this address, which is alice's, says that the command has run. */
  public static boolean completed(String url) throws InterruptedException {
    try {
      HttpResponse<String> answer = get(url, "X-API-Key", "alice-key");
      return answer.statusCode() == 200
          && JSON.readTree(answer.body()).path("status").asText().equals("completed");
    } catch (IOException e) {
      return false;
    }
  }

  public static HttpResponse<String> get(String url, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    nodes.parallelStream().forEach(GatewayProcess::close);
    if (lines != null) {
      lines.close();
    }
  }
}
