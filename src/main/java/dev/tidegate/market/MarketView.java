package dev.tidegate.market;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.SymbolSequencer;
import dev.tidegate.market.owner.Claim;
import dev.tidegate.market.owner.ShardReplica;
import dev.tidegate.market.owner.Silence;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An instance's replicas as operators see them. */
final class MarketView {
  private static final JsonFactory JSON = new JsonFactory();

  private final String feed;
  private final int shards;

  MarketView(String feed, int shards) {
    this.feed = feed;
    this.shards = shards;
  }

  /** The show's id picks one symbol's shard; its limit bounds the symbols that are listed. */
  String json(List<ShardReplica> replicas, Show show, long now) {
    StringWriter out = new StringWriter();
    String wanted = show.id();
    if (wanted != null && replicas.stream().allMatch(r -> r.shard().sequencer(wanted) == null)) {
      return "{}";
    }
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("feed", feed);
      json.writeNumberField("shards", shards);
      json.writeArrayFieldStart("replicas");
      String symbol = show.id();
      for (ShardReplica replica : replicas) {
        if (symbol == null || replica.shard().sequencer(symbol) != null) {
          replica(json, replica, show, now);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  private static void replica(JsonGenerator json, ShardReplica replica, Show show, long now)
      throws IOException {
    Shard shard = replica.shard();
    Claim claim = replica.claim();
    json.writeStartObject();
    json.writeNumberField("shard", shard.index);
    json.writeStringField("owner", claim == null ? null : claim.node());
    json.writeBooleanField("owning", replica.owning());
    json.writeBooleanField("synced", replica.synced());
    json.writeStringField("state", replica.state().text());
    json.writeNumberField("term", claim == null ? 0 : claim.term());
    json.writeStringField("epoch", shard.epoch());
    json.writeNumberField("next", shard.next());
    json.writeNumberField("source", shard.source());
    json.writeNumberField("symbolCount", shard.size());
    json.writeArrayFieldStart("symbols");
    for (String symbol : shard.symbols().subList(0, Math.min(show.limit(), shard.size()))) {
      json.writeString(symbol);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("stalenessMillis");
    for (Channel channel : Channel.values()) {
      if (shard.touched(channel) > 0) {
        json.writeNumberField(channel.text(), now - shard.touched(channel));
      }
    }
    json.writeEndObject();
    symbols(json, replica, show, now);
    json.writeEndObject();
  }

  private static void symbols(JsonGenerator json, ShardReplica replica, Show show, long now)
      throws IOException {
    json.writeArrayFieldStart("instruments");
    int shown = 0;
    for (SymbolSequencer symbol : replica.shard().sequencers()) {
      boolean wanted = show.id() == null || show.id().equals(symbol.symbol);
      if (wanted && shown++ < show.limit()) {
        symbol(json, symbol, replica.silence(), now);
      }
    }
    json.writeEndArray();
  }

  private static void symbol(
      JsonGenerator json, SymbolSequencer symbol, @Nullable Silence silence, long now)
      throws IOException {
    Delayed delayed = silence == null ? null : silence.of(symbol.symbol);
    boolean live = symbol.status().is(State.LIVE);
    json.writeStartObject();
    json.writeStringField("symbol", symbol.symbol);
    json.writeStringField(
        "state", live && delayed != null ? State.DELAYED.text() : symbol.status().state());
    json.writeStringField("detail", symbol.status().detail());
    json.writeArrayFieldStart("delayed");
    for (Channel channel : delayed == null ? List.<Channel>of() : delayed.channels()) {
      json.writeString(channel.text());
    }
    json.writeEndArray();
    json.writeObjectFieldStart("ageMillis");
    for (Channel channel : Channel.values()) {
      if (symbol.touched(channel) > 0) {
        json.writeNumberField(channel.text(), now - symbol.touched(channel));
      }
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
