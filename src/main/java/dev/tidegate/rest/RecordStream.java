package dev.tidegate.rest;

import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Exchange;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Streams a record's transitions as server-sent events until the last one. Asks again now and then:
 * it keeps the connection alive, and what is missed on the bus is not missed here.
 */
final class RecordStream {
  private static final CharSequence EVENTS = HttpHeaders.createOptimized("text/event-stream");
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int MAX_LOOKS = 360;

  private final RequestRecords records;
  private final Exchange exchange;
  private final Waiters waiters;
  private final Loop loop;
  private final String consumer;
  private final String id;
  private Waiters.@Nullable Waiter waiter;
  private Loop.@Nullable Timer timer;
  private @Nullable Status sent;
  private int looks;
  private boolean over;

  RecordStream(
      RequestRecords records,
      Exchange exchange,
      Waiters waiters,
      Loop loop,
      String consumer,
      String id) {
    this.records = records;
    this.exchange = exchange;
    this.waiters = waiters;
    this.loop = loop;
    this.consumer = consumer;
    this.id = id;
  }

  void start() {
    exchange.onGone(this::stop);
    waiters
        .join(consumer)
        .onComplete(
            joined -> {
              waiter = joined;
              records.find(id, consumer).onComplete(exchange.then(this::begin), this::fail);
            },
            this::fail);
  }

  private void fail(Throwable cause) {
    stop();
    RequestRecords.failed(exchange, cause);
  }

  private void begin(@Nullable Stored record) {
    if (over) {
      stop();
      return;
    }
    if (record == null) {
      stop();
      RequestRecords.unknown(exchange);
      return;
    }
    exchange.responseHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
    exchange.stream(200, EVENTS);
    send(record);
    if (waiter != null && !over) {
      waiter.listen(id, this::send);
      lookLater();
    }
  }

  private void lookLater() {
    timer = loop.after(LOOK, this::look);
  }

  private void look() {
    records
        .find(id, consumer)
        .onComplete(
            exchange.then(
                record -> {
                  if (record != null) {
                    send(record);
                  }
                  pulse();
                }),
            e -> pulse());
  }

  private void pulse() {
    if (over) {
      return;
    }
    looks++;
    if (looks >= MAX_LOOKS) {
      finish();
    } else {
      if (!exchange.full()) {
        exchange.write(Buffer.buffer(": still here\n\n"));
      }
      lookLater();
    }
  }

  private void send(Stored record) {
    if (over || (sent != null && record.status().compareTo(sent) <= 0)) {
      return;
    }
    sent = record.status();
    exchange.write(
        Buffer.buffer("event: " + record.status().text() + "\ndata: ")
            .appendBuffer(oneLine(RecordJson.whole(record)))
            .appendString("\n\n"));
    if (record.status().isFinal()) {
      finish();
    }
  }

  /** A worker's JSON may hold line breaks between its tokens; an event's data may not. */
  private static Buffer oneLine(Buffer json) {
    for (int i = 0; i < json.length(); i++) {
      byte b = json.getByte(i);
      if (b == '\n' || b == '\r') {
        json.setByte(i, (byte) ' ');
      }
    }
    return json;
  }

  private void finish() {
    stop();
    exchange.finish();
  }

  private void stop() {
    over = true;
    if (waiter != null) {
      waiter.leave();
    }
    if (timer != null) {
      timer.cancel();
    }
  }
}
