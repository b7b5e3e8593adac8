package dev.tidegate.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Many clients on the nodes of a cluster, which come back to a random living node whenever they are
 * cut off. Every choice is made from the seed; when it takes effect is the machine's affair.
 */
public final class Storm implements AutoCloseable, StormClient.Fate {
  private static final int[] WINDOWS = {0, 10, 100, 250, 1000};
  private static final int[] DEPTHS = {0, 50, 20, 5};
  private static final int MOST_SYMBOLS = 6;
  private static final int PATIENCE_MILLIS = 8_000;

  public final List<StormClient> clients = new ArrayList<>();
  public final Queue<String> closes = new ConcurrentLinkedQueue<>();
  private final List<GatewayProcess> living = new ArrayList<>();
  private final Map<StormClient, Random> choices = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, ReferenceBook> expected;
  private final Random random;
  private final boolean epochsEnd;
  private final long start = System.nanoTime();
  private volatile boolean ended;

  public Storm(long seed, GatewayCluster cluster, Map<String, ReferenceBook> expected) {
    this(seed, cluster, expected, false);
  }

  /**
   * @param epochsEnd whether the source may begin anew
   */
  public Storm(
      long seed, GatewayCluster cluster, Map<String, ReferenceBook> expected, boolean epochsEnd) {
    this.epochsEnd = epochsEnd;
    this.random = new Random(seed);
    this.expected = expected;
    living.addAll(cluster.nodes());
  }

  public Random random() {
    return random;
  }

  public long millis() {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** A client with a window, symbols and depths of its own; it does not connect yet. */
  public StormClient add(String name) {
    Random own = new Random(random.nextLong());
    List<String> symbols = new ArrayList<>(expected.keySet());
    Collections.shuffle(symbols, own);
    Map<String, Integer> depths = new HashMap<>();
    for (String symbol : symbols.subList(0, 1 + own.nextInt(MOST_SYMBOLS))) {
      depths.put(symbol, DEPTHS[own.nextInt(DEPTHS.length)]);
    }
    int window = WINDOWS[own.nextInt(WINDOWS.length)];
    StormClient client = new StormClient(name, window, depths, epochsEnd, start, this);
    choices.put(client, own);
    clients.add(client);
    return client;
  }

  public Random choicesOf(StormClient client) {
    return choices.get(client);
  }

  /** What fails in it is a failure of the storm. */
  public void after(long millis, Action action) {
    clock.schedule(() -> attempt(action), millis, TimeUnit.MILLISECONDS);
  }

  /** What fails in it is a failure of the storm. */
  void attempt(Action action) {
    try {
      if (!ended) {
        action.run();
      }
    } catch (Exception e) {
      failures.add(e.toString());
    }
  }

  /** What is done at some time. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  /** To a random node of those that live. */
  public void connect(StormClient client) {
    GatewayProcess node;
    synchronized (living) {
      node = living.get(choices.get(client).nextInt(living.size()));
    }
    client.connect(node);
  }

  /** Lets a client that paused read on; a node that stands still for a while is not given up. */
  public void resume(StormClient client) {
    int pongs = client.resume();
    after(PATIENCE_MILLIS, () -> client.doubt(pongs));
  }

  /** Nobody connects to it any more. */
  public void lose(GatewayProcess node) {
    synchronized (living) {
      living.remove(node);
    }
  }

  public void regain(GatewayProcess node) {
    synchronized (living) {
      living.add(node);
    }
  }

  @Override
  public void gone(StormClient client, int code, String reason) {
    closes.add(code + "@" + millis());
    after(50 + choices.get(client).nextInt(450), () -> reconnect(client));
  }

  private void reconnect(StormClient client) {
    if (!client.connected() && !client.away()) {
      connect(client);
    }
  }

  @Override
  public void toldToLeave(StormClient client, long withinMillis) {
    // Half of them go at a moment of their own, half wait until they are closed.
    Random own = choices.get(client);
    if (own.nextBoolean()) {
      after(own.nextInt((int) (withinMillis / 2) + 1), () -> leave(client));
    }
  }

  private void leave(StormClient client) {
    if (client.connected()) {
      client.drop("told to leave");
      connect(client);
    }
  }

  /**
   * Waits until every client has what it should; what is wrong when the time is up, or ever was.
   */
  public List<String> settle(long seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    List<StormClient> left = new ArrayList<>(clients);
    Object pause = new Object();
    while (!left.isEmpty() && System.nanoTime() < end) {
      left.removeIf(client -> client.differences(expected).isEmpty());
      synchronized (pause) {
        pause.wait(100);
      }
    }
    List<String> wrong = new ArrayList<>(failures);
    for (StormClient client : clients) {
      List<String> about = new ArrayList<>(client.breaches());
      about.addAll(client.differences(expected));
      if (!about.isEmpty()) {
        wrong.add(client.name + ": " + String.join("\n", about) + "\n" + client.diary);
      }
    }
    return wrong;
  }

  /** One line of what the clients have lived through. */
  public String summary() {
    Map<Integer, Integer> codes = new TreeMap<>();
    int[] sums = new int[8];
    for (StormClient client : clients) {
      StormClient.Tally tally = client.tally;
      synchronized (client) {
        tally.closes.forEach((code, count) -> codes.merge(code, count, Integer::sum));
        sums[0] += tally.connections;
        sums[1] += tally.messages;
        sums[2] += tally.recovered;
        sums[3] += tally.refreshed;
        sums[4] += tally.notices;
        sums[5] += tally.toldToLeave;
        sums[6] += tally.resets;
        sums[7] += tally.heartbeats;
      }
    }
    return "%d clients, %d ms: %d connections, %d messages, %d recovered, %d refreshed, %d notices, "
            .formatted(clients.size(), millis(), sums[0], sums[1], sums[2], sums[3], sums[4])
        + sums[5]
        + " told to leave, %d resets, %d heartbeats, closes ".formatted(sums[6], sums[7])
        + codes;
  }

  public int resets() {
    return clients.stream().mapToInt(client -> client.tally.resets).sum();
  }

  public int recovered() {
    return clients.stream().mapToInt(client -> client.tally.recovered).sum();
  }

  @Override
  public void close() {
    ended = true;
    clock.shutdownNow();
    clients.forEach(StormClient::close);
  }
}
