package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.log.CommandRecords.Report;
import dev.tidegate.command.log.LogRecord;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.CommandState.Effect;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.redis.RedisUnavailable;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever stands in the topic of results between two good ones. */
class ResultsTest {
  private static final List<Charset> CHARSETS =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.UTF_16,
          StandardCharsets.UTF_16BE,
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_32,
          StandardCharsets.UTF_32BE,
          StandardCharsets.UTF_32LE,
          StandardCharsets.ISO_8859_1);
  private static Vertx vertx;

  private final List<String> applied = new ArrayList<>();
  private final List<String> dead = new ArrayList<>();

  @BeforeContainer
  static void start() {
    vertx = Vertx.vertx();
    Codecs.register(vertx.eventBus());
  }

  @AfterContainer
  static void stop() {
    Await.get(vertx.close());
  }

  private Results results(Function<String, Future<Effect>> transition) {
    CommandState state =
        (CommandState)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CommandState.class},
                (proxy, method, args) ->
                    method.getName().equals("available")
                        ? (Object) true
                        : transition.apply((String) args[0]));
    CommandMeters meters = new CommandMeters(new SimpleMeterRegistry(), "0");
    return new Results(
        state,
        new Outcomes(new Bus(vertx.eventBus()), meters),
        new SteppedLoop(),
        meters,
        (key, value) -> {
          dead.add(new String(value, StandardCharsets.UTF_8));
          return Future.succeededFuture();
        });
  }

  private Future<Effect> take(String id) {
    applied.add(id);
    return Future.succeededFuture(new Effect(true, List.of()));
  }

  private static LogRecord at(int offset, byte[] value) {
    return new LogRecord(new Position("command.results", 0, offset), null, value);
  }

  private static byte[] good(String id) {
    byte[] body = "{\"a\":[1,\"ü\"]}".getBytes(StandardCharsets.UTF_8);
    return CommandRecords.result(new Report(id, Status.COMPLETED, new Result(200, body), 1));
  }

  @Property(tries = 2000)
  void noRecordStopsThoseAfterIt(@ForAll long seed) {
    Random random = new Random(seed);
    Results results = results(this::take);
    applied.clear();
    List<LogRecord> batch = List.of(at(0, good("a")), at(1, rubbish(random)), at(2, good("b")));
    Future<Void> done = results.apply(batch);
    assertThat(done.succeeded()).isTrue();
    assertThat(applied).startsWith("a").endsWith("b");
  }

  /** Something like a result, in any encoding, with bytes changed, cut and put in. */
  private static byte[] rubbish(Random random) {
    String text = new String(good("x\"\\u0000é"), StandardCharsets.UTF_8);
    byte[] bytes = text.getBytes(CHARSETS.get(random.nextInt(CHARSETS.size())));
    for (int hurts = random.nextInt(4); hurts > 0 && bytes.length > 0; hurts--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
  }

  @Example
  void whatIsLaidAsideSaysWhy() {
    byte[] utf16 = new String(good("a"), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16);
    assertThat(results(this::take).apply(List.of(at(7, utf16))).succeeded()).isTrue();
    assertThat(dead).singleElement().asString().contains("expected JSON in UTF-8");
  }

  @Example
  void aRecordOnWhichOurOwnCodeFailsIsLaidAside() {
    Results results =
        results(
            id ->
                id.equals("bad")
                    ? Future.failedFuture(new IllegalStateException("a fault of ours"))
                    : take(id));
    assertThat(results.apply(List.of(at(0, good("bad")), at(1, good("b")))).succeeded()).isTrue();
    assertThat(applied).containsExactly("b");
    assertThat(dead).hasSize(1);
  }

  @Example
  void aBatchWaitsForTheStore() {
    Results results = results(id -> Future.failedFuture(new RedisUnavailable("away")));
    assertThat(results.apply(List.of(at(0, good("a")))).failed()).isTrue();
    assertThat(dead).isEmpty();
  }
}
