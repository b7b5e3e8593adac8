package dev.tidegate.market;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.SymbolSequencer;
import dev.tidegate.market.owner.Claim;
import dev.tidegate.market.owner.Division;
import dev.tidegate.market.owner.ShardReplica;
import dev.tidegate.market.owner.Silence;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** An instance's replicas as operators see them. */
final class MarketView {
  private final String feed;
  private final Division division;

  MarketView(String feed, Division division) {
    this.feed = feed;
    this.division = division;
  }

  /** The show's id picks one symbol's shard; its limit bounds the symbols that are listed. */
  String json(List<ShardReplica> replicas, Show show, long now) {
    String symbol = show.id();
    List<ShardReplica> wanted =
        symbol == null
            ? replicas
            : replicas.stream().filter(r -> r.shard().sequencer(symbol) != null).toList();
    JsonWriter json = new JsonWriter().object();
    if (symbol == null || !wanted.isEmpty()) {
      json.field("feed", feed).field("shards", division.shards()).array("replicas");
      wanted.forEach(replica -> replica(json, replica, show, now));
      json.end();
    }
    return json.end().toString();
  }

  private static void replica(JsonWriter json, ShardReplica replica, Show show, long now) {
    Shard shard = replica.shard();
    Claim claim = replica.claim();
    json.object()
        .field("shard", shard.index)
        .field("owner", claim == null ? null : claim.node())
        .field("owning", replica.owning())
        .field("synced", replica.synced())
        .field("state", replica.state().text())
        .field("term", claim == null ? 0 : claim.term())
        .field("epoch", shard.epoch())
        .field("next", shard.next())
        .field("source", shard.source())
        .field("symbolCount", shard.size())
        .array("symbols");
    shard.symbols().subList(0, Math.min(show.limit(), shard.size())).forEach(json::value);
    json.end();
    ages(json, "stalenessMillis", shard::touched, now);
    json.array("instruments");
    int shown = 0;
    for (SymbolSequencer symbol : shard.sequencers()) {
      boolean wanted = show.id() == null || show.id().equals(symbol.symbol);
      if (wanted && shown++ < show.limit()) {
        symbol(json, symbol, replica.silence(), now);
      }
    }
    json.end().end();
  }

  private static void symbol(
      JsonWriter json, SymbolSequencer symbol, @Nullable Silence silence, long now) {
    Delayed delayed = silence == null ? null : silence.of(symbol.symbol);
    boolean late = delayed != null && symbol.status().is(State.LIVE);
    json.object()
        .field("symbol", symbol.symbol)
        .field("state", late ? State.DELAYED.text() : symbol.status().state())
        .field("detail", symbol.status().detail())
        .array("delayed");
    for (Channel channel : delayed == null ? List.<Channel>of() : delayed.channels()) {
      json.value(channel.text());
    }
    json.end();
    ages(json, "ageMillis", symbol::touched, now);
    json.end();
  }

  /** How long ago each channel was touched that ever was. */
  private static void ages(
      JsonWriter json, String name, ToLongFunction<Channel> touched, long now) {
    json.object(name);
    for (Channel channel : Channel.values()) {
      long at = touched.applyAsLong(channel);
      if (at > 0) {
        json.field(channel.text(), now - at);
      }
    }
    json.end();
  }
}
