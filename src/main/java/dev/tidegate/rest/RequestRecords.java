package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.HeaderLists;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/requests/{id}}: the record of an asynchronous request, now, later or as it changes.
 */
final class RequestRecords {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final String UNKNOWN = "there is no such request";
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Bus bus;
  private final Waiters waiters;
  private final Loop loop;

  RequestRecords(Bus bus, Waiters waiters, Loop loop) {
    this.bus = bus;
    this.waiters = waiters;
    this.loop = loop;
  }

  Site site() {
    return new Site("/v1/requests", UNKNOWN, new Endpoint("/{id}", List.of(), this::answer));
  }

  private void answer(Asked asked) {
    Exchange exchange = asked.exchange();
    Identity identity = exchange.identity();
    String id = asked.name();
    if (identity == null) {
      exchange.refuse(Problem.UNAUTHENTICATED, "records belong to a consumer");
    } else if (!ID.matcher(id).matches()) {
      unknown(exchange);
    } else if (wantsEvents(exchange)) {
      new RecordStream(this, exchange, waiters, loop, identity.consumer(), id).start();
    } else {
      long wait = Prefer.waitMillis(exchange);
      if (wait == 0) {
        find(id, identity.consumer())
            .onComplete(exchange.then(record -> show(exchange, record)), e -> failed(exchange, e));
      } else {
        await(exchange, id, identity.consumer(), wait);
      }
    }
  }

  private static boolean wantsEvents(Exchange exchange) {
    int events = HeaderLists.quality(exchange.requestHeaders(), "text/event-stream");
    return events > 0
        && events >= HeaderLists.quality(exchange.requestHeaders(), "application/json")
        && !HttpMethod.HEAD.equals(exchange.method());
  }

  Future<@Nullable Stored> find(String id, String consumer) {
    return bus.askNear(Commands.FIND, new Find(id, consumer), Found.class, ANSWER)
        .map(Found::record);
  }

  private void await(Exchange exchange, String id, String consumer, long waitMillis) {
    waiters
        .join(consumer)
        .onComplete(
            exchange.then(
                waiter ->
                    find(id, consumer)
                        .onComplete(
                            exchange.then(record -> await(exchange, record, waiter, waitMillis)),
                            e -> {
                              waiter.leave();
                              failed(exchange, e);
                            })),
            e -> failed(exchange, e));
  }

  private void await(
      Exchange exchange, @Nullable Stored record, Waiters.Waiter waiter, long waitMillis) {
    if (record == null || record.status().isFinal()) {
      waiter.leave();
      show(exchange, record);
      return;
    }
    Stored[] latest = {record};
    Loop.Timer timer =
        loop.after(
            Duration.ofMillis(waitMillis),
            () -> {
              waiter.leave();
              show(exchange, latest[0]);
            });
    exchange.onGone(
        () -> {
          timer.cancel();
          waiter.leave();
        });
    waiter.listen(
        record.id(),
        seen -> {
          latest[0] = seen;
          if (seen.status().isFinal()) {
            timer.cancel();
            waiter.leave();
            show(exchange, seen);
          }
        });
  }

  private static void show(Exchange exchange, @Nullable Stored record) {
    if (record == null) {
      unknown(exchange);
    } else {
      exchange.responseHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
      exchange.answer(new Reply.Content(200, RecordJson.JSON, RecordJson.whole(record)));
    }
  }

  static void unknown(Exchange exchange) {
    exchange.refuse(Problem.NOT_FOUND, UNKNOWN);
  }

  static void failed(Exchange exchange, Throwable cause) {
    Failures.refuse(exchange, "the command service", cause);
  }
}
