package dev.tidegate.upstream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The UPSTREAM role: one instance per event loop, with connections of its own. */
public final class UpstreamVerticle extends VerticleBase {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final long DRAIN_SECONDS = 30;

  private final UpstreamNode node;
  private List<MessageConsumer<?>> consumers = List.of();
  private @Nullable Exchanges running;
  private Runnable resign = () -> {};

  public UpstreamVerticle(UpstreamNode node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    long thread = Thread.currentThread().threadId();
    String instance = "upstream-" + thread;
    Loop loop = node.loops().of(context, instance);
    Bus bus = new Bus(vertx.eventBus());
    HttpDialer dialer = new HttpDialer(node.configs(), vertx::createHttpClient);
    Exchanges exchanges = new Exchanges(node, dialer, loop, RandomGenerator.getDefault());
    running = exchanges;
    Checks checks =
        new Checks(
            node,
            dialer,
            loop,
            upstream ->
                WebClient.create(vertx, new WebClientOptions(HttpDialer.options(upstream))));
    resign = checks::resign;
    loop.every(TICK, exchanges::tick);
    loop.every(TICK, checks::tick);
    loop.every(SWEEP, exchanges::sweep);
    MessageConsumer<?> whole = bus.answer(Upstreams.FORWARD, Forwarded.class, exchanges::forward);
    consumers =
        List.of(
            bus.hear(Operations.show("upstreams"), show -> show(bus, show, instance, exchanges)),
            bus.hearHere(Upstreams.exchange(thread), exchanges::exchange),
            whole);
    return whole.completion();
  }

  private void show(Bus bus, Show show, String instance, Exchanges exchanges) {
    bus.send(
        Operations.shown(show.replyTo()),
        new Shown(node.name(), instance, exchanges.show(show.id())));
  }

  @Override
  public Future<?> stop() {
    resign.run();
    Future<?> deaf = Future.all(consumers.stream().map(MessageConsumer::unregister).toList());
    Exchanges exchanges = running;
    return exchanges == null
        ? deaf
        : deaf.compose(v -> exchanges.drain().timeout(DRAIN_SECONDS, TimeUnit.SECONDS))
            .otherwiseEmpty();
  }
}
