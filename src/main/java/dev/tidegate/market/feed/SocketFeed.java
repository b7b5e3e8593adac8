package dev.tidegate.market.feed;

import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.market.book.Placement;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordParser;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.SnapshotParts;
import dev.tidegate.market.record.Times;
import dev.tidegate.market.record.UnreadableRecord;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines of the feed topic's JSON over TCP. One instance of a node has the listener; records of
 * shards that are owned elsewhere go there over the bus. What a publisher sends is not kept, so
 * nobody can continue it.
 */
public final class SocketFeed implements Feed {
  private static final Logger LOG = LoggerFactory.getLogger(SocketFeed.class);
  private static final int MAX_LINE = 1 << 20;
  private static final long RETRY_MILLIS = 500;

  private final InetSocketAddress address;
  private final int shards;
  private final Executor loop;
  private final Pump pump;
  private final Rejects rejects;
  private final Times times;
  private final LongSupplier micros;
  private final Consumer<Fed> elsewhere;
  private final RecordParser fedParser = new RecordParser();
  private final Map<Integer, Long> positions = new HashMap<>();
  private final Map<Integer, SnapshotParts> parts = new HashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;
  private volatile boolean closed;

  /**
   * @param address where to listen, resolved when it does; port 0 is any free one
   * @param loop the event loop that takes the records
   * @param elsewhere takes what came for a shard that another instance owns
   */
  public SocketFeed(
      InetSocketAddress address,
      int shards,
      Executor loop,
      Pump pump,
      Rejects rejects,
      Times times,
      LongSupplier micros,
      Consumer<Fed> elsewhere) {
    this.address = address;
    this.shards = shards;
    this.loop = loop;
    this.pump = pump;
    this.rejects = rejects;
    this.times = times;
    this.micros = micros;
    this.elsewhere = elsewhere;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public void start(int shard, long after, Sink sink) {
    pump.open(shard, sink);
    positions.put(shard, after);
    sink.caughtUp();
    sink.health(true, "");
    listen();
  }

  @Override
  public void stop(int shard) {
    pump.shut(shard);
  }

  @Override
  public void close() {
    closed = true;
    if (acceptor != null) {
      acceptor.interrupt();
    }
    closeQuietly(listener);
    connections.forEach(SocketFeed::closeQuietly);
  }

  /** Where publishers connect, or -1 while another instance of the node listens. */
  int port() {
    ServerSocket bound = listener;
    return bound == null ? -1 : bound.getLocalPort();
  }

  /** Also a node that owns nothing listens: a publisher need not know who owns what. */
  public void listen() {
    if (acceptor == null) {
      acceptor = Thread.ofPlatform().daemon().name("feed-socket").start(this::accept);
    }
  }

  @Override
  public void fed(Fed message) {
    List<FeedRecord> records = new ArrayList<>();
    for (String line : message.records()) {
      try {
        records.add(fedParser.parse(line.getBytes(StandardCharsets.UTF_8)));
      } catch (IllegalArgumentException e) {
        rejects.add("socket", 0, String.valueOf(e.getMessage()));
        FeedRecord instead = UnreadableRecord.instead(e);
        if (instead != null) {
          records.add(instead);
        }
      }
    }
    Sink sink = pump.sink(message.shard());
    if (sink != null) {
      give(message.shard(), sink, records);
    }
  }

  /** On the event loop, where positions are counted. */
  private void give(int shard, Sink sink, List<FeedRecord> records) {
    long position = positions.getOrDefault(shard, -1L);
    List<Positioned> out = new ArrayList<>(records.size());
    long now = micros.getAsLong();
    SnapshotParts begun = parts.computeIfAbsent(shard, s -> new SnapshotParts());
    for (FeedRecord record : records) {
      FeedRecord whole = whole(begun, record);
      if (whole != null) {
        out.add(new Positioned(++position, times.right(whole, now)));
      }
    }
    positions.put(shard, position);
    sink.deliver(out, position);
  }

  private @Nullable FeedRecord whole(SnapshotParts begun, FeedRecord record) {
    try {
      return begun.take(record);
    } catch (UnreadableRecord e) {
      rejects.add("socket", 0, String.valueOf(e.getMessage()));
      return UnreadableRecord.instead(e);
    }
  }

  private void accept() {
    while (!closed) {
      try (ServerSocket socket = bind()) {
        listener = socket;
        LOG.atInfo().addKeyValue("port", socket.getLocalPort()).log("feed socket listening");
        while (!closed) {
          take(socket.accept());
        }
      } catch (IOException | RuntimeException e) {
        listener = null;
        try {
          Thread.sleep(RETRY_MILLIS); // the port is another instance's, or was
        } catch (InterruptedException stopped) {
          return;
        }
      }
    }
  }

  private void take(Socket connection) {
    connections.add(connection);
    try {
      Thread.ofPlatform().daemon().name("feed-read").start(() -> read(connection));
    } catch (OutOfMemoryError e) { // no thread to be had: it must not end the listener
      LOG.atWarn().setCause(e).log("feed connection refused");
      connections.remove(connection);
      closeQuietly(connection);
    }
  }

  private ServerSocket bind() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    try {
      socket.bind(new InetSocketAddress(address.getHostString(), address.getPort()));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void read(Socket connection) {
    RecordParser parser = new RecordParser();
    byte[] buffer = new byte[1 << 16];
    int filled = 0;
    long line = 0;
    try (connection;
        InputStream in = connection.getInputStream()) {
      connection.setTcpNoDelay(true);
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer, filled, buffer.length - filled)) {
        filled += n;
        Lines lines = new Lines(parser, line);
        int used = lines.take(buffer, filled);
        line = lines.line;
        lines.pass();
        System.arraycopy(buffer, used, buffer, 0, filled - used);
        filled -= used;
        if (filled == buffer.length) {
          if (filled >= MAX_LINE) {
            rejects.add("socket", line, "line: over " + MAX_LINE + " bytes");
            return;
          }
          buffer = java.util.Arrays.copyOf(buffer, buffer.length * 2);
        }
      }
    } catch (IOException e) {
      LOG.debug("feed connection ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  private static void closeQuietly(java.io.@Nullable Closeable it) {
    try {
      if (it != null) {
        it.close();
      }
    } catch (IOException e) {
      LOG.debug("closing a feed socket", e);
    }
  }

  /** The lines of one read, by shard. */
  private final class Lines {
    private final RecordParser parser;
    private final Map<Integer, List<FeedRecord>> here = new HashMap<>();
    private final Map<Integer, List<String>> there = new HashMap<>();
    private long line;

    Lines(RecordParser parser, long line) {
      this.parser = parser;
      this.line = line;
    }

    /** How many bytes were whole lines. */
    int take(byte[] buffer, int filled) {
      int from = 0;
      for (int i = 0; i < filled; i++) {
        if (buffer[i] == '\n') {
          line++;
          if (i > from) {
            takeLine(buffer, from, i - from);
          }
          from = i + 1;
        }
      }
      return from;
    }

    private void takeLine(byte[] buffer, int from, int length) {
      try {
        take(parser.parse(buffer, from, length), buffer, from, length);
      } catch (IllegalArgumentException e) {
        FeedRecord instead = UnreadableRecord.instead(e);
        if (instead == null || pump.isOpen(Placement.shard(instead.symbol(), shards))) {
          rejects.add("socket", line, String.valueOf(e.getMessage()));
        }
        if (instead != null) {
          take(instead, buffer, from, length); // whoever owns the shard finds out by itself
        }
      }
    }

    private void take(FeedRecord record, byte[] buffer, int from, int length) {
      int shard = Placement.shard(record.symbol(), shards);
      if (pump.isOpen(shard)) {
        here.computeIfAbsent(shard, s -> new ArrayList<>()).add(record);
      } else {
        there
            .computeIfAbsent(shard, s -> new ArrayList<>())
            .add(new String(buffer, from, length, StandardCharsets.UTF_8));
      }
    }

    void pass() throws InterruptedException {
      for (Map.Entry<Integer, List<FeedRecord>> each : here.entrySet()) {
        Sink sink = pump.sink(each.getKey());
        if (sink != null) {
          pump.tell(each.getKey(), sink, s -> give(each.getKey(), s, each.getValue()));
        }
      }
      there.forEach((shard, lines) -> loop.execute(() -> elsewhere.accept(new Fed(shard, lines))));
    }
  }
}
