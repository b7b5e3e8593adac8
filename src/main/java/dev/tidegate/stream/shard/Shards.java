package dev.tidegate.stream.shard;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.topic.Topic;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The shards that this instance's sessions need: hears their updates, asks for what is missing
 * (first in this JVM, then in the cluster), and lets go of what nobody follows.
 */
public final class Shards implements Replica.Source {
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final long RETRY = 200_000_000L;
  private static final long UNUSED = 30_000_000_000L;

  private final Bus bus;
  private final Loop loop;
  private final Topic.Versions versions;
  private final Kept kept;
  private final StreamMeters meters;
  private final Map<Integer, Replica> replicas = new HashMap<>();
  private final Map<Integer, MessageConsumer<Batch>> hearing = new HashMap<>();
  private BiConsumer<Integer, Instrument> onNew = (shard, instrument) -> {};
  private int topics;

  public Shards(Bus bus, Loop loop, Topic.Versions versions, Kept kept, StreamMeters meters) {
    this.bus = bus;
    this.loop = loop;
    this.versions = versions;
    this.kept = kept;
    this.meters = meters;
  }

  public Collection<Replica> replicas() {
    return replicas.values();
  }

  /** Gets every symbol that is newly followed. */
  void onNew(BiConsumer<Integer, Instrument> listener) {
    onNew = listener;
  }

  public Instrument instrument(String symbol, int shard) {
    Replica replica = replica(shard);
    Instrument instrument = replica.instruments().get(symbol);
    if (instrument == null) {
      instrument = new Instrument(symbol, kept, () -> ++topics, versions);
      onNew.accept(shard, instrument);
      replica.follow(instrument);
    }
    return instrument;
  }

  private Replica replica(int shard) {
    Replica replica = replicas.get(shard);
    if (replica == null) {
      replica = new Replica(shard, this, meters);
      replicas.put(shard, replica);
      hearing.put(shard, bus.hear(Markets.updates(shard), replica::hear));
    }
    return replica;
  }

  @Nullable Instrument known(String symbol, int shard) {
    Replica replica = replicas.get(shard);
    return replica == null ? null : replica.instruments().get(symbol);
  }

  @Override
  public long nanos() {
    return loop.nanos();
  }

  @Override
  public long silence(long heardAt) {
    return loop.silence(heardAt);
  }

  @Override
  public void askMissed(int shard, String epoch, long from) {
    ask(shard, new CatchUp(shard, null, epoch, from))
        .onSuccess(
            answer -> {
              Replica replica = replicas.get(shard);
              if (replica != null) {
                replica.caughtUp(answer.missed());
              }
            })
        .onFailure(
            failure -> {
              Replica replica = replicas.get(shard);
              if (replica != null) {
                replica.notCaughtUp();
              }
            });
  }

  @Override
  public void askState(int shard, String symbol) {
    ask(shard, new CatchUp(shard, symbol, null, 0))
        .map(answer -> took(shard, symbol, answer))
        .otherwise(false)
        .onSuccess(done -> again(done, shard, symbol));
  }

  /** Who follows the symbol learns that there is nothing to follow any longer. */
  public void delist(Listing.Gone gone) {
    Instrument instrument = known(gone.symbol(), gone.shard());
    if (instrument != null) {
      instrument.delist(gone, loop.millis() * 1000);
    }
  }

  /**
   * What is followed belongs to the shard that the listing says: it begins anew there when that is
   * another one than before, or when it is listed again.
   */
  public void place(Listing listing) {
    for (Replica replica : List.copyOf(replicas.values())) {
      for (Instrument instrument : List.copyOf(replica.instruments().values())) {
        Integer shard = listing.shard(instrument.symbol);
        if (shard != null && shard != replica.shard) {
          replica.instruments().remove(instrument.symbol);
          onNew.accept(shard, instrument);
          replica(shard).follow(instrument);
        } else if (shard != null && instrument.delisted()) {
          replica.follow(instrument);
        }
      }
    }
  }

  /** What the owner knows of a symbol now. */
  public Future<SymbolState> state(String symbol, int shard) {
    CatchUp question = new CatchUp(shard, symbol, null, 0);
    return bus.ask(Markets.catchUp(shard), question, CaughtUp.class, ANSWER)
        .map(answer -> Objects.requireNonNull(answer.state(), symbol));
  }

  private boolean took(int shard, String symbol, CaughtUp answer) {
    Replica replica = replicas.get(shard);
    Markets.SymbolState state = answer.state();
    return replica == null || (state != null && replica.loaded(symbol, state));
  }

  private void again(boolean done, int shard, String symbol) {
    Instrument instrument = known(symbol, shard);
    if (!done && instrument != null && !instrument.ready()) {
      loop.after(RETRY, () -> askState(shard, symbol));
    }
  }

  private Future<CaughtUp> ask(int shard, CatchUp question) {
    return bus.askHere(Markets.catchUp(shard), question, CaughtUp.class, ANSWER)
        .recover(none -> bus.ask(Markets.catchUp(shard), question, CaughtUp.class, ANSWER));
  }

  /** Called about once a second. */
  public void check(long nanos) {
    for (Iterator<Replica> each = replicas.values().iterator(); each.hasNext(); ) {
      Replica replica = each.next();
      replica.instruments().values().removeIf(known -> known.unusedFor(UNUSED, nanos));
      if (replica.instruments().isEmpty()) {
        each.remove();
        MessageConsumer<Batch> consumer = hearing.remove(replica.shard);
        if (consumer != null) {
          consumer.unregister();
        }
      } else {
        replica.check();
      }
    }
    if (replicas.isEmpty()) {
      meters.deaf();
    }
  }
}
