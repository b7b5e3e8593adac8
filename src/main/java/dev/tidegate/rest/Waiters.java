package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Those on one event loop who wait for the outcome of a request. Each shard of outcomes is heard
 * from the first waiter on; a waiter that knows its id later sees what came before.
 */
final class Waiters {
  private final Bus bus;
  private final Map<Integer, MessageConsumer<Transition>> shards = new HashMap<>();
  private final Map<String, List<Waiter>> byConsumer = new HashMap<>();

  Waiters(Bus bus) {
    this.bus = bus;
  }

  /** One who waits. */
  final class Waiter {
    private static final int KEPT = 64;

    private final String consumer;
    private final Map<String, Stored> early = new HashMap<>();
    private String id = "";
    private Consumer<Stored> listener = record -> {};

    private Waiter(String consumer) {
      this.consumer = consumer;
    }

    /** Hears every transition of this request, the last one before now included. */
    void listen(String requestId, Consumer<Stored> to) {
      id = requestId;
      listener = to;
      Stored missed = early.get(requestId);
      early.clear();
      if (missed != null) {
        to.accept(missed);
      }
    }

    private void hear(Stored record) {
      if (id.isEmpty()) {
        if (early.size() < KEPT) {
          early.put(record.id(), record);
        }
      } else if (id.equals(record.id())) {
        listener.accept(record);
      }
    }

    void leave() {
      List<Waiter> waiting = byConsumer.get(consumer);
      if (waiting != null && waiting.remove(this) && waiting.isEmpty()) {
        byConsumer.remove(consumer);
      }
    }
  }

  /** A waiter for the consumer, once outcomes are heard. */
  Future<Waiter> join(String consumer) {
    int shard = Commands.shardOf(consumer);
    MessageConsumer<Transition> heard =
        shards.computeIfAbsent(shard, s -> bus.hear(Commands.outcome(s), this::hear));
    Waiter waiter = new Waiter(consumer);
    byConsumer.computeIfAbsent(consumer, c -> new ArrayList<>()).add(waiter);
    return heard
        .completion()
        .map(waiter)
        .onFailure(
            e -> {
              waiter.leave();
              shards.remove(shard, heard); // the next one tries again
            });
  }

  private void hear(Transition transition) {
    List<Waiter> waiting = byConsumer.get(transition.consumer());
    if (waiting != null) {
      for (Waiter waiter : List.copyOf(waiting)) {
        waiter.hear(transition.record());
      }
    }
  }
}
