package dev.tidegate.stream.fanout;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.config.Settings;
import dev.tidegate.policy.Nobody;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.FakeNode;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.stream.StreamVerticle;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The stream on one event loop behind a market that reads lines from a TCP port, so that a load
 * client can compare it with the bare ceiling. System properties: {@code port}, {@code ingest},
 * {@code adaptive}, {@code lowat}, {@code sndbuf}.
 */
public final class FanBench {
  private static final int SYMBOLS = 50;

  private final Bus bus;
  private final FakeMarket market;
  private byte[] rest = new byte[0];

  private FanBench(Bus bus, FakeMarket market) {
    this.bus = bus;
    this.market = market;
  }

  public static void main(String[] arguments) throws Exception {
    Vertx vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventLoopPoolSize(1)
                    .setWorkerPoolSize(1)
                    .setInternalBlockingPoolSize(1))
            .withTransport(Transport.EPOLL)
            .build();
    Codecs.register(vertx.eventBus());
    Bus bus = new Bus(vertx.eventBus());
    List<String> symbols = new ArrayList<>();
    for (int i = 0; i < SYMBOLS; i++) {
      symbols.add(String.format("SYM%04d", i));
    }
    FakeMarket market = new FakeMarket(bus, 0, symbols).forgetful();
    FanBench bench = new FanBench(bus, market);
    StreamConfig config =
        Settings.of(
            StreamConfig.class,
            """
            host: 127.0.0.1
            port: %d
            drain: 1s
            feedLost: 1h
            sendBuffer: %d
            notSentLowWater: %d
            adaptive: %s
            """
                .formatted(
                    Integer.getInteger("port", 22001),
                    Integer.getInteger("sndbuf", 0),
                    Integer.getInteger("lowat", 512),
                    Boolean.parseBoolean(System.getProperty("adaptive", "false"))));
    StreamVerticle verticle =
        new StreamVerticle(
            config, FakeNode.of("bench", new Nobody(), new Rules(), new SimpleMeterRegistry()), 0);
    vertx.runOnContext(
        nothing -> {
          market.start();
          vertx.setPeriodic(500, id -> market.heartbeat());
          vertx
              .createNetServer()
              .connectHandler(bench::feed)
              .listen(Integer.getInteger("ingest", 22101), "127.0.0.1");
        });
    Await.get(vertx.deployVerticle(verticle));
    System.err.println("ready " + verticle.port());
  }

  private void feed(NetSocket socket) {
    socket.handler(
        buffer -> {
          ByteBuf in = ((BufferInternal) buffer).getByteBuf();
          byte[] data = java.util.Arrays.copyOf(rest, rest.length + in.readableBytes());
          in.getBytes(in.readerIndex(), data, rest.length, in.readableBytes());
          lines(data);
        });
  }

  private void lines(byte[] data) {
    List<Update> updates = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < data.length; i++) {
      if (data[i] == '\n') {
        String line = new String(data, start, i - start, StandardCharsets.ISO_8859_1);
        updates.add(
            market.silently(line.substring(23, 30), Channel.TICKER, time(line), ticker(line)));
        start = i + 1;
      }
    }
    rest = java.util.Arrays.copyOfRange(data, start, data.length);
    if (!updates.isEmpty()) {
      bus.publish(Markets.updates(0), market.last(updates));
    }
  }

  private static long time(String line) {
    int at = line.indexOf("\"T\":") + 4;
    return Long.parseLong(line.substring(at, at + 19)) / 1000;
  }

  private static Event ticker(String line) {
    Decimal bid = field(line, "\"b\":\"");
    return new Ticker(
        bid, field(line, "\"B\":\""), field(line, "\"a\":\""), field(line, "\"A\":\""), null);
  }

  private static Decimal field(String line, String name) {
    int at = line.indexOf(name) + name.length();
    return Decimal.of(line.substring(at, line.indexOf('"', at)));
  }
}
