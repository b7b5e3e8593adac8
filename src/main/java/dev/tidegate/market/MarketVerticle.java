package dev.tidegate.market;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Listing;
import dev.tidegate.loop.CoarseClock;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.loop.VertxInternals;
import dev.tidegate.market.feed.Elsewhere;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.feed.Layout;
import dev.tidegate.market.feed.Source;
import dev.tidegate.market.owner.BusPeers;
import dev.tidegate.market.owner.Members;
import dev.tidegate.market.owner.Membership;
import dev.tidegate.market.owner.ReplicaSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One instance of MARKET: gives its shards an event loop, a bus, the other nodes and a feed. */
public final class MarketVerticle extends VerticleBase {
  private final MarketConfig config;
  private final Feeds feeds;
  private final MarketNode node;
  private final EventLoops loops;
  private final String name;
  private final List<Runnable> closing = new ArrayList<>();
  private Future<?> closed = Future.succeededFuture();

  /**
   * @param kafka the client's properties, {@code bootstrap.servers} above all; used by feed kafka
   * @param name what the instance's event loop is called
   */
  public MarketVerticle(
      MarketConfig config,
      Map<String, String> kafka,
      MarketNode node,
      EventLoops loops,
      String name) {
    this(config, Feeds.of(config, Map.copyOf(kafka), node), node, loops, name);
  }

  MarketVerticle(MarketConfig config, Feeds feeds, MarketNode node, EventLoops loops, String name) {
    this.config = config;
    this.feeds = feeds;
    this.node = node;
    this.loops = loops;
    this.name = name;
  }

  /**
   * Fails when the source can never be read, and does not wait for a broker: the shards are served
   * as soon as their number is known.
   */
  @Override
  public Future<?> start() {
    Loop loop = loops.of(context, name);
    Source source = feeds.source();
    SourceWatch watch = new SourceWatch(loop, () -> vertx.executeBlocking(source::find, false));
    closing.add(watch::close);
    closing.add(() -> closed = vertx.executeBlocking(() -> close(source), false));
    return vertx
        .executeBlocking(this::check, false)
        .onSuccess(readable -> watch.whenKnown(layout -> open(loop, layout, source, watch)));
  }

  private boolean check() throws IOException {
    feeds.check();
    return true;
  }

  private static boolean close(Source source) {
    source.close();
    return true;
  }

  private void open(Loop loop, Layout layout, Source source, SourceWatch watch) {
    Membership membership = Membership.of(node.name(), VertxInternals.clusterManager(vertx));
    ReplicaSettings settings =
        config.replicas(layout, membership.clustered(), new Listing(loop.nanos()));
    Bus bus = new Bus(vertx.eventBus());
    Feed feed = feeds.create(layout.shards(), loop::execute, new Elsewhere(bus));
    BusPeers peers =
        new BusPeers(
            bus,
            membership,
            new Members(membership, settings.silence(), new CoarseClock(loop)::tick),
            vertx.sharedData().getAsyncMap("tidegate.market.claims"),
            feed::fed,
            node.meters());
    ShardHolder holder = new ShardHolder(node, bus, loop, peers, feed, settings, config);
    closing.addFirst(holder::close);
    holder.start();
    if (source.mayChange()) {
      watch.follow(
          layout,
          () -> vertx.executeBlocking(() -> Optional.ofNullable(source.look()), false),
          new SourceWatch.Changes() {
            @Override
            public void became(Layout now) {
              holder.adopt(now);
            }

            @Override
            public void missing() {
              holder.missing(source.missing());
            }
          });
    }
  }

  @Override
  public Future<?> stop() {
    closing.forEach(Runnable::run);
    return closed;
  }
}
