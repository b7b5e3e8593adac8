package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.config.Settings;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Nobody;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.session.Census;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance of STREAM on a free port, and the market that it follows, over a real bus. What the
 * market has said before {@link #start} is what the first subscriber finds.
 */
public final class TestStream implements AutoCloseable {
  public final Vertx vertx =
      Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2));
  public final Bus bus = new Bus(vertx.eventBus());
  public final FakeMarket market;
  public final Rules rules;
  public final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StreamNode node;
  private @Nullable StreamVerticle verticle;
  private @Nullable String deployment;

  public TestStream(String... symbols) {
    this(new Nobody(), new Rules(), symbols);
  }

  public TestStream(Authenticator authenticator, Rules rules, String... symbols) {
    this.rules = rules;
    Codecs.register(vertx.eventBus());
    market = new FakeMarket(bus, 0, List.of(symbols));
    node = FakeNode.of("n1", authenticator, rules, registry);
  }

  /** With these properties beside host and port, as a file would say them. */
  public TestStream start(String properties) {
    market.start();
    deploy(properties);
    return this;
  }

  private void deploy(String properties) {
    String all = "host: 127.0.0.1\nport: 0\n" + properties;
    verticle = new StreamVerticle(Settings.of(StreamConfig.class, all), node, 0);
    deployment = Await.get(vertx.deployVerticle(verticle));
  }

  /** Lets the instance leave; the future completes when it has. */
  public Future<Void> leave() {
    return vertx.undeploy(deployment);
  }

  /** Another instance in the place of the present one, on another port. */
  public void restart(String properties) {
    Await.get(leave());
    deploy(properties);
  }

  /** Where the stream is. */
  public String url() {
    return url(Upgrade.STREAM);
  }

  public String url(String path) {
    return "ws://127.0.0.1:" + port() + path;
  }

  public int port() {
    return verticle.port();
  }

  public int tlsPort() {
    return verticle.tlsPort();
  }

  /** Who is on the node. */
  public Census census() {
    return node.census;
  }

  @Override
  public void close() {
    Await.get(vertx.close());
  }
}
