package dev.tidegate.testing;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A source that invents a market from a seed: changes of books and trades of its symbols, numbered
 * by {@code sourceSeq}, and what its books are. It can begin anew, as a source does that was
 * restarted, in the same topic or in another of that name.
 */
public final class StormFeed implements AutoCloseable {
  private static final int SYMBOLS = 8;
  private static final int PER_SECOND = 400;
  private static final int LEVELS = 200;
  private static final int MID_CENTS = 10_000;

  private final GatewayCluster cluster;
  private final Random random;
  private final Map<String, ReferenceBook> books = new TreeMap<>();
  private final Map<String, Long> sourceSeqs = new TreeMap<>();
  private final List<Exception> failures = new ArrayList<>();
  private final ReentrantLock turn = new ReentrantLock(true);
  private final Thread thread = new Thread(this::run, "storm-feed");
  private KafkaProducer<String, String> producer;
  private long trades;
  private volatile boolean ended;

  public StormFeed(long seed, GatewayCluster cluster) {
    this.random = new Random(seed);
    this.cluster = cluster;
    this.producer = cluster.producer();
    for (int i = 0; i < SYMBOLS; i++) {
      books.put("STORM-" + i, new ReferenceBook());
    }
    anew();
  }

  /** What every client ends with: the books, and the ids of all trades there ever were. */
  public Map<String, ReferenceBook> books() {
    return books;
  }

  public void start() {
    thread.start();
  }

  /** Begins anew after a while in which it says nothing. */
  public void restart(long silentMillis) throws Exception {
    replaced(silentMillis, () -> {});
  }

  /** Begins anew when the topic has been made another one. */
  public void replaced(long silentMillis, Storm.Action meanwhile) throws Exception {
    turn.lockInterruptibly();
    try {
      producer.close();
      meanwhile.run();
      Thread.sleep(silentMillis);
      producer = cluster.producer();
      anew();
    } finally {
      turn.unlock();
    }
  }

  /** Nothing befalls it from here on. */
  public void calm() {
    turn.lock();
    try {
      books.values().forEach(book -> book.tradesBeforeCalm = book.trades.size());
    } finally {
      turn.unlock();
    }
  }

  /** Says nothing more; what it said is in the topic. */
  public void end() throws InterruptedException {
    ended = true;
    thread.join();
    producer.flush();
    synchronized (failures) {
      if (!failures.isEmpty()) {
        throw new IllegalStateException("the feed could not say all", failures.getFirst());
      }
    }
  }

  private void run() {
    while (!ended) {
      turn.lock();
      try {
        event();
      } finally {
        turn.unlock();
      }
      LockSupport.parkNanos(1_000_000_000L / PER_SECOND);
    }
  }

  /** Its numbers begin with 1 again, and the present books come first. */
  private void anew() {
    sourceSeqs.clear();
    for (Map.Entry<String, ReferenceBook> each : books.entrySet()) {
      send(
          each.getKey(),
          "book.snapshot",
          "\"bids\":%s,\"asks\":%s"
              .formatted(levels(each.getValue().bids), levels(each.getValue().asks)));
    }
  }

  private void event() {
    String symbol = "STORM-" + random.nextInt(SYMBOLS);
    ReferenceBook book = books.get(symbol);
    if (random.nextInt(4) == 0) {
      String id = Long.toString(++trades);
      book.trades.add(id);
      send(
          symbol,
          "trade",
          "\"id\":\"%s\",\"price\":\"100\",\"size\":\"%d\",\"side\":\"%s\""
              .formatted(id, 1 + random.nextInt(9), random.nextBoolean() ? "buy" : "sell"));
      return;
    }
    Map<BigDecimal, String> bids = new TreeMap<>();
    Map<BigDecimal, String> asks = new TreeMap<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int away = 1 + random.nextInt(LEVELS);
      String size = random.nextInt(3) == 0 ? "0" : Integer.toString(1 + random.nextInt(99));
      boolean bid = random.nextBoolean();
      BigDecimal price = BigDecimal.valueOf(MID_CENTS + (bid ? -away : away), 2);
      (bid ? bids : asks).put(price.stripTrailingZeros(), size);
    }
    bids.forEach((price, size) -> set(book.bids, price, size));
    asks.forEach((price, size) -> set(book.asks, price, size));
    send(symbol, "book.delta", "\"bids\":%s,\"asks\":%s".formatted(levels(bids), levels(asks)));
  }

  private static void set(Map<BigDecimal, String> side, BigDecimal price, String size) {
    if (size.equals("0")) {
      side.remove(price);
    } else {
      side.put(price, size);
    }
  }

  private static String levels(Map<BigDecimal, String> side) {
    List<String> all = new ArrayList<>();
    side.forEach((price, size) -> all.add("[\"" + price.toPlainString() + "\",\"" + size + "\"]"));
    return "[" + String.join(",", all) + "]";
  }

  private void send(String symbol, String type, String rest) {
    String record =
        "{\"type\":\"%s\",\"symbol\":\"%s\",\"time\":%d,\"sourceSeq\":%d,%s}"
            .formatted(
                type,
                symbol,
                System.currentTimeMillis() * 1_000,
                sourceSeqs.merge(symbol, 1L, Long::sum),
                rest);
    producer.send(
        new ProducerRecord<>(cluster.feedTopic, symbol, record),
        (stored, failure) -> {
          if (failure != null) {
            synchronized (failures) {
              failures.add(failure);
            }
          }
        });
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
