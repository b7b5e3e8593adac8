package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Header;
import dev.tidegate.bus.Commands.PrivateChannel;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Accepts a request as a command: 202 with where to look, or 200 when it finishes in time. */
public final class AsyncRequests {
  static final String RECORDS = "/v1/requests/";

  private static final CharSequence IDEMPOTENCY_KEY =
      HttpHeaders.createOptimized("idempotency-key");
  private static final CharSequence REPLAYED = HttpHeaders.createOptimized("idempotent-replayed");
  private static final CharSequence APPLIED = HttpHeaders.createOptimized("preference-applied");
  private static final int MAX_KEY = 255;
  private static final int MAX_HEADERS = 64;
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Headers that belong to the hop or to the gateway, and credentials. */
  private static final Set<String> WITHHELD =
      Set.of(
          "authorization",
          "x-api-key",
          "cookie",
          "host",
          "content-length",
          "content-type",
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect",
          "idempotency-key",
          "prefer",
          "accept-encoding",
          "x-request-id");

  private final Bus bus;
  private final Waiters waiters;
  private final Loop loop;

  AsyncRequests(Bus bus, Waiters waiters, Loop loop) {
    this.bus = bus;
    this.waiters = waiters;
    this.loop = loop;
  }

  /**
   * What a route says of the commands that it takes.
   *
   * @param route its id
   * @param channel the private channel that hears of them
   * @param deadlineMillis how long a worker may take to start
   */
  public record Terms(String route, String topic, PrivateChannel channel, long deadlineMillis) {}

  /** Submits the exchange's request. */
  public void submit(Exchange exchange, Terms terms) {
    Identity identity = exchange.identity();
    if (identity == null) {
      exchange.refuse(Problem.UNAUTHENTICATED, "commands need an identity");
      return;
    }
    List<String> keys = exchange.requestHeaders().getAll(IDEMPOTENCY_KEY);
    if (keys.size() > 1) {
      exchange.refuse(
          Problem.BAD_REQUEST, "Idempotency-Key: %d lines (expected one)".formatted(keys.size()));
      return;
    }
    String key = keys.isEmpty() ? null : keys.getFirst();
    if (key != null && (key.isEmpty() || key.length() > MAX_KEY)) {
      exchange.refuse(Problem.BAD_REQUEST, "Idempotency-Key may have 1 to 255 characters");
      return;
    }
    exchange.body(
        body -> {
          Submit submit =
              new Submit(
                  identity.consumer(),
                  identity.account(),
                  terms.route(),
                  terms.topic(),
                  terms.channel().text(),
                  exchange.method().name(),
                  path(exchange),
                  key,
                  headers(exchange),
                  contentType(exchange),
                  body.getBytes(),
                  loop.millis() + terms.deadlineMillis());
          submit(exchange, submit);
        });
  }

  /** As routes are matched by it: however it was spelled, it is the same request. */
  private static String path(Exchange exchange) {
    String target = exchange.target();
    int query = target.indexOf('?');
    return query < 0 ? exchange.path() : exchange.path() + target.substring(query);
  }

  private void submit(Exchange exchange, Submit submit) {
    long wait = Prefer.waitMillis(exchange);
    if (wait == 0) {
      ask(exchange, submit, null, 0);
      return;
    }
    waiters
        .join(submit.consumer())
        .onComplete(
            exchange.then(waiter -> ask(exchange, submit, waiter, wait)),
            exchange.then(e -> ask(exchange, submit, null, 0)));
  }

  private void ask(
      Exchange exchange, Submit submit, Waiters.@Nullable Waiter waiter, long waitMillis) {
    bus.askNear(Commands.SUBMIT, submit, Receipt.class, ANSWER)
        .onComplete(
            exchange.then(receipt -> answer(exchange, receipt, waiter, waitMillis)),
            cause -> {
              leave(waiter);
              Failures.refuse(exchange, "the command service", cause);
            });
  }

  private void answer(
      Exchange exchange, Receipt receipt, Waiters.@Nullable Waiter waiter, long waitMillis) {
    switch (receipt) {
      case Refused refused -> {
        leave(waiter);
        refuse(exchange, refused);
      }
      case Accepted accepted -> {
        exchange.responseHeaders().set(HttpHeaders.LOCATION, RECORDS + accepted.record().id());
        if (accepted.replayed()) {
          exchange.responseHeaders().set(REPLAYED, "true");
        }
        if (waiter == null) {
          accepted(exchange, accepted.record());
        } else {
          await(exchange, accepted, waiter, waitMillis);
        }
      }
    }
  }

  private void await(Exchange exchange, Accepted accepted, Waiters.Waiter waiter, long waitMillis) {
    Stored record = accepted.record();
    exchange.responseHeaders().set(APPLIED, "wait=" + waitMillis / 1000);
    Loop.Timer timer =
        loop.after(
            Duration.ofMillis(waitMillis),
            () -> {
              waiter.leave();
              accepted(exchange, record);
            });
    exchange.onGone(
        () -> {
          timer.cancel();
          waiter.leave();
        });
    Consumer<Stored> look =
        seen -> {
          if (seen.status().isFinal()) {
            timer.cancel();
            waiter.leave();
            exchange.answer(new Reply.Content(200, RecordJson.JSON, RecordJson.whole(seen)));
          }
        };
    waiter.listen(record.id(), look);
    if (accepted.replayed()) {
      // What was over before nobody will hear of: it stands in the record.
      Find find = new Find(record.id(), record.consumer());
      bus.askNear(Commands.FIND, find, Found.class, ANSWER)
          .map(Found::record)
          .onSuccess(
              exchange.then(
                  found -> {
                    if (found != null) {
                      look.accept(found);
                    }
                  }))
          .onFailure(none -> {}); // it is waited for
    }
  }

  private static void accepted(Exchange exchange, Stored record) {
    exchange.answer(new Reply.Content(202, RecordJson.JSON, RecordJson.accepted(record)));
  }

  private static void refuse(Exchange exchange, Refused refused) {
    if (refused.retryAfter() > 0) {
      exchange.responseHeaders().set(Failures.RETRY_AFTER, Integer.toString(refused.retryAfter()));
    }
    exchange.answer(new Reply.Refusal(refused.problem(), refused.detail(), refused.outcome()));
  }

  private static void leave(Waiters.@Nullable Waiter waiter) {
    if (waiter != null) {
      waiter.leave();
    }
  }

  private static String contentType(Exchange exchange) {
    String type = exchange.requestHeaders().get(HttpHeaders.CONTENT_TYPE);
    return type == null ? "application/octet-stream" : type;
  }

  private static List<Header> headers(Exchange exchange) {
    List<Header> headers = new ArrayList<>();
    exchange
        .requestHeaders()
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!WITHHELD.contains(lower) && headers.size() < MAX_HEADERS) {
                headers.add(new Header(lower, value));
              }
            });
    headers.add(new Header("x-request-id", exchange.requestId()));
    return headers;
  }
}
