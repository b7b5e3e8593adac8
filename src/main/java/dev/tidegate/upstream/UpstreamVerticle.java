package dev.tidegate.upstream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The UPSTREAM role: one instance per event loop, with connections of its own. */
public final class UpstreamVerticle extends VerticleBase {
  private static final long TICK_MILLIS = 100;
  private static final long SWEEP_MILLIS = 1_000;
  private static final long DRAIN_SECONDS = 30;

  private final List<UpstreamConfig> configs;
  private final MeterRegistry meters;
  private final String node;
  private final Map<String, HttpClientAgent> clients = new HashMap<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private @Nullable Exchanges running;

  public UpstreamVerticle(List<UpstreamConfig> configs, MeterRegistry meters, String node) {
    this.configs = configs;
    this.meters = meters;
    this.node = node;
  }

  @Override
  public Future<?> start() {
    Bus bus = new Bus(vertx.eventBus());
    long loop = Thread.currentThread().threadId();
    configs.forEach(c -> clients.put(c.name(), vertx.createHttpClient(options(c))));
    Exchanges exchanges =
        new Exchanges(
            configs,
            this::connect,
            () -> System.nanoTime() / 1_000_000,
            ((ContextInternal) context).nettyEventLoop(),
            meters);
    running = exchanges;
    vertx.setPeriodic(TICK_MILLIS, t -> exchanges.tick());
    vertx.setPeriodic(SWEEP_MILLIS, t -> exchanges.sweep());
    consumers.add(bus.hear(Operations.show("upstreams"), show -> show(bus, show, exchanges, loop)));
    consumers.add(bus.hearHere(Upstreams.exchange(loop), exchanges::exchange));
    MessageConsumer<?> whole =
        bus.answer(Upstreams.FORWARD, Forwarded.class, f -> exchanges.forward(f));
    consumers.add(whole);
    return whole.completion();
  }

  private static HttpClientOptions options(UpstreamConfig config) {
    return new HttpClientOptions()
        .setConnectTimeout((int) config.connectTimeout().toMillis())
        .setDecompressionSupported(false)
        .setMaxHeaderSize(64 * 1024)
        .setKeepAliveTimeout(0)
        .setProtocolVersion(config.h2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
        .setHttp2ClearTextUpgrade(false);
  }

  private Future<HttpClientConnection> connect(UpstreamConfig config, Endpoint endpoint) {
    HttpClientAgent client = clients.get(config.name());
    return client == null
        ? Future.failedFuture("closed")
        : client.connect(
            new HttpConnectOptions().setHost(endpoint.host()).setPort(endpoint.port()));
  }

  private void show(Bus bus, Show show, Exchanges exchanges, long loop) {
    bus.send(
        Operations.shown(show.replyTo()),
        new Shown(node, "upstream-" + loop, exchanges.show(show.id())));
  }

  @Override
  public Future<?> stop() {
    Future<?> deaf = Future.all(consumers.stream().map(MessageConsumer::unregister).toList());
    Exchanges exchanges = running;
    return exchanges == null
        ? deaf
        : deaf.compose(v -> exchanges.drain().timeout(DRAIN_SECONDS, TimeUnit.SECONDS))
            .otherwiseEmpty();
  }
}
