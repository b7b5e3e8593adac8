package dev.tidegate.market.feed;

import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.market.book.Drop;
import dev.tidegate.market.feed.SocketReader.Offer;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines of the feed topic's JSON over TCP. One instance of a node has the listener; records of
 * shards that are owned elsewhere go there over the bus. What a publisher sends is not kept, so
 * nobody can continue it; it is taken from the socket as its owners take it.
 */
public final class SocketFeed implements Feed {
  private static final Logger LOG = LoggerFactory.getLogger(SocketFeed.class);
  private static final long RETRY_MILLIS = 500;

  private final InetSocketAddress address;
  private final int shards;
  private final Executor loop;
  private final Pump pump;
  private final Rejects rejects;
  private final Times times;
  private final LongSupplier micros;
  private final Elsewhere elsewhere;
  private final ObjIntConsumer<Drop> drops;
  private final SocketReader.Owners owners = new Everybody();
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
   * @param drops hears how many records were lost on the way to an owner
   */
  public SocketFeed(
      InetSocketAddress address,
      int shards,
      Executor loop,
      Pump pump,
      Rejects rejects,
      Times times,
      LongSupplier micros,
      Elsewhere elsewhere,
      ObjIntConsumer<Drop> drops) {
    this.address = address;
    this.shards = shards;
    this.loop = loop;
    this.pump = pump;
    this.rejects = rejects;
    this.times = times;
    this.micros = micros;
    this.elsewhere = elsewhere;
    this.drops = drops;
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
  public boolean fed(Fed message) {
    if (!pump.isOpen(message.shard())) {
      return false;
    }
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
    return give(message.shard(), records);
  }

  /** On the event loop, where positions are counted; false when the shard is not read here. */
  private boolean give(int shard, List<FeedRecord> records) {
    Sink sink = pump.sink(shard);
    if (sink == null) {
      return false;
    }
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
    return true;
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
    try (connection;
        InputStream in = connection.getInputStream()) {
      connection.setTcpNoDelay(true);
      new SocketReader(owners, shards, rejects, drops, System::nanoTime).read(in);
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

  /** The owners of this instance, and whoever hears of a shard on the bus. */
  private final class Everybody implements SocketReader.Owners {
    @Override
    public boolean isHere(int shard) {
      return pump.isOpen(shard);
    }

    @Override
    public Future<Offer> here(int shard, List<FeedRecord> records) {
      CompletableFuture<Offer> taken = new CompletableFuture<>();
      loop.execute(() -> taken.complete(give(shard, records) ? Offer.TAKEN : Offer.REFUSED));
      return taken;
    }

    @Override
    public Future<Offer> elsewhere(int shard, List<String> lines) {
      CompletableFuture<Offer> taken = new CompletableFuture<>();
      loop.execute(() -> elsewhere.offer(new Fed(shard, lines), taken::complete));
      return taken;
    }

    @Override
    public boolean closed() {
      return closed;
    }
  }
}
