package dev.tidegate.redis;

import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.Gate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One pipelined connection to Redis that notices when the server stops answering: the oldest
 * request that is overdue, while no other is answered, ends the connection, requests fail at once
 * from then on, and it connects again by itself. Scripts are loaded before the link counts as up.
 * For one event loop.
 */
public final class RedisLink {
  private static final Pattern RUN_ID = Pattern.compile("run_id:(\\w+)");
  private static final Duration RECONNECT = Duration.ofMillis(200);

  /** A frozen server takes connections and answers once it is back, so there is no hurry. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final int MAX_WAITING = 100_000;

  private final Supplier<Redis> clients;
  private final Loop loop;
  private final long timeout;
  private final long period;
  private final List<RedisScript> scripts;
  private final Gate gate = new Gate("redis", Gate.State.DOWN);
  private final ArrayDeque<Long> sent = new ArrayDeque<>();
  private final Latch connecting;

  private Loop.Timer watching = () -> {};
  private @Nullable Redis client;
  private @Nullable RedisConnection connection;
  private String runId = "";
  private int generation;
  private long progress; // when an answer last arrived
  private long watched;
  private boolean closed;

  /**
   * @param clients makes a client of {@link #options} for each attempt to connect
   * @param timeout within which the server answers or counts as away
   * @param scripts that the server is to know
   */
  public RedisLink(
      Supplier<Redis> clients, Loop loop, Duration timeout, List<RedisScript> scripts) {
    this.clients = clients;
    this.loop = loop;
    this.timeout = timeout.toNanos();
    this.period = Math.max(Duration.ofMillis(10).toNanos(), this.timeout / 5);
    this.scripts = scripts;
    this.connecting = new Latch(loop, "connecting to redis", this::connect);
  }

  /** Of a client that has the one connection, and leaves it to the link to find that it is dead. */
  public static RedisOptions options(String uri, Duration timeout) {
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(uri)
            .setMaxPoolSize(1)
            .setPoolCleanerInterval(-1)
            .setPoolRecycleTimeout(-1)
            .setMaxWaitingHandlers(MAX_WAITING);
    options.getNetClientOptions().setConnectTimeout((int) timeout.toMillis());
    return options;
  }

  /** Succeeds when the first attempt to connect is over, whether or not it went well. */
  public Future<Void> start() {
    watched = loop.nanos();
    watching = loop.every(Duration.ofNanos(period), this::watch);
    return connect().otherwiseEmpty();
  }

  public boolean available() {
    return connection != null;
  }

  /** For people: {@code up} or {@code down}. */
  public String condition() {
    return connection != null ? "up" : "down";
  }

  /** Names the server's present life. */
  public String runId() {
    return runId;
  }

  /** Runs the script; without it on the server (after SCRIPT FLUSH) sends it along. */
  public Future<@Nullable Response> run(RedisScript script, Object... keyAndArguments) {
    return send(request(Command.EVALSHA, script.sha(), keyAndArguments))
        .recover(
            failure ->
                String.valueOf(failure.getMessage()).startsWith("NOSCRIPT")
                    ? send(request(Command.EVAL, script.source(), keyAndArguments))
                    : Future.failedFuture(failure));
  }

  /** Null when the server answers nil; fails with {@link RedisUnavailable} when it is away. */
  public Future<@Nullable Response> send(Request request) {
    RedisConnection to = connection;
    if (to == null) {
      return Future.failedFuture(new RedisUnavailable("redis is down"));
    }
    int at = generation;
    sent.addLast(loop.nanos());
    Promise<@Nullable Response> answer = Promise.promise();
    to.send(request)
        .onComplete(
            done -> {
              arrived(at);
              answer.complete(done);
            },
            failure -> {
              arrived(at);
              answer.fail(translate(at, failure));
            });
    return answer.future();
  }

  private void arrived(int at) {
    if (at == generation) {
      sent.pollFirst();
      progress = loop.nanos();
    }
  }

  public Future<Void> close() {
    closed = true;
    watching.cancel();
    Redis old = client;
    connection = null;
    client = null;
    return old == null ? Future.succeededFuture() : old.close();
  }

  private static Request request(Command command, String script, Object... keyAndArguments) {
    Request request = Request.cmd(command).arg(script).arg(1);
    for (Object argument : keyAndArguments) {
      switch (argument) {
        case Long number -> request.arg(number);
        case byte[] bytes -> request.arg(Buffer.buffer(bytes));
        default -> request.arg(argument.toString());
      }
    }
    return request;
  }

  /** An error that the server answered stays what it is; anything else means that it is away. */
  private Throwable translate(int at, Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (!(failure instanceof ErrorType)
        || message.contains("CONNECTION_CLOSED")
        || message.startsWith("LOADING")) {
      if (at == generation) {
        lost(message);
      }
      return new RedisUnavailable(message);
    }
    return failure;
  }

  private Future<Void> connect() {
    if (closed) {
      return Future.succeededFuture();
    }
    Redis fresh = clients.get();
    client = fresh;
    int at = generation;
    return within(fresh.connect().compose(c -> prepare(c).map(c)))
        .<Void>map(
            ready -> {
              if (at == generation && !closed) {
                ready.endHandler(v -> lostIf(at, "closed"));
                ready.exceptionHandler(e -> lostIf(at, String.valueOf(e.getMessage())));
                connection = ready;
                gate.succeeded();
              }
              return null;
            })
        .onFailure(e -> lostIf(at, String.valueOf(e.getMessage())));
  }

  private Future<Void> prepare(RedisConnection fresh) {
    Future<Void> loaded = Future.succeededFuture();
    for (RedisScript script : scripts) {
      Request load = Request.cmd(Command.SCRIPT).arg("LOAD").arg(script.source());
      loaded = loaded.compose(v -> fresh.send(load).mapEmpty());
    }
    return loaded
        .compose(v -> fresh.send(Request.cmd(Command.INFO).arg("server")))
        .map(
            info -> {
              Matcher found = RUN_ID.matcher(info.toString());
              runId = found.find() ? found.group(1) : "unknown";
              return null;
            });
  }

  private <T> Future<T> within(Future<T> future) {
    return future.timeout(Math.max(timeout, CONNECT.toNanos()), TimeUnit.NANOSECONDS);
  }

  private void lostIf(int at, String why) {
    if (at == generation) {
      lost(why);
    }
  }

  private void lost(String why) {
    if (closed) {
      return;
    }
    generation++;
    gate.failed(why);
    sent.clear();
    connection = null;
    Redis old = client;
    client = null;
    if (old != null) {
      old.close(); // fails whatever still waits for an answer; nothing to do when it cannot
    }
    loop.after(RECONNECT, connecting::ask);
  }

  private void watch() {
    long now = loop.nanos();
    if (now - watched > 2 * period) {
      progress = now; // this loop was late itself: answers may be waiting to be read
    }
    watched = now;
    Long oldest = sent.peekFirst();
    if (oldest != null && now - Math.max(oldest, progress) > timeout) {
      lost("no answer within " + TimeUnit.NANOSECONDS.toMillis(timeout) + " ms");
    }
  }
}
