package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One symbol as a client knows it: the book, and every trade since its first subscription. */
final class StormMarket {
  final String symbol;
  private final int depth;
  private final boolean epochsEnd;
  private final TreeMap<BigDecimal, String> bids = new TreeMap<>(Comparator.reverseOrder());
  private final TreeMap<BigDecimal, String> asks = new TreeMap<>();
  private final List<String> trades = new ArrayList<>();
  private @Nullable String bookEpoch;
  private @Nullable String tradeEpoch;
  private long bookSeq;
  private int shown;
  private long tradesFrom;

  /** Whether an epoch has ended, so that this is another one. */
  private boolean begun;

  /**
   * @param epochsEnd whether the source may begin anew, so that trades of before are not told any
   *     more
   */
  StormMarket(String symbol, int depth, boolean epochsEnd) {
    this.symbol = symbol;
    this.epochsEnd = epochsEnd;
    this.depth = depth;
    this.shown = depth;
  }

  private long tradeSeq() {
    return tradesFrom + trades.size();
  }

  void subscribe(ArrayNode channels, int window) {
    ObjectNode book = channel(channels, "book", window);
    if (depth > 0) {
      book.put("depth", depth);
    }
    // A book that was shown less deep than asked for is no base for changes of the whole.
    if (bookEpoch != null && shown == depth) {
      book.putObject("since").put("epoch", bookEpoch).put("seq", bookSeq);
    } else {
      bookEpoch = null;
    }
    ObjectNode last = channel(channels, "trades", window);
    if (tradeEpoch != null) {
      last.putObject("since").put("epoch", tradeEpoch).put("seq", tradeSeq());
    }
  }

  private ObjectNode channel(ArrayNode channels, String name, int window) {
    return channels.addObject().put("channel", name).put("symbol", symbol).put("window", window);
  }

  /** One channel of a {@code subscribed}; what is wrong with it, or null. */
  @Nullable String begins(JsonNode channel) {
    if (channel.path("pending").asBoolean()) {
      return null; // it is acknowledged once more
    }
    boolean recovered = channel.path("recovered").asBoolean();
    String epoch = channel.path("epoch").asText();
    if (channel.path("channel").asText().equals("book")) {
      return recovered && !epoch.equals(bookEpoch) ? "recovered another epoch" : null;
    }
    if (tradeEpoch == null) {
      tradeEpoch = epoch;
      tradesFrom = channel.path("seq").asLong();
      return null;
    }
    if (recovered && epoch.equals(tradeEpoch)) {
      return null;
    }
    long before = channel.path("first").asLong(channel.path("seq").asLong() + 1) - 1;
    return anew(epoch, before) ? null : "trades lost, had " + tradeSeq();
  }

  /** Whether this is another epoch, and may be; what it begins with may be said twice. */
  private boolean anew(String epoch, long seq) {
    if (!epochsEnd || (epoch.equals(tradeEpoch) && !(begun && trades.isEmpty()))) {
      return false;
    }
    begun = true;
    tradeEpoch = epoch;
    tradesFrom = seq;
    trades.clear();
    return true;
  }

  /** What is wrong with the message, or null. */
  @Nullable String hear(JsonNode message) {
    return switch (message.path("channel").asText()) {
      case "book" -> book(message);
      case "trades" -> trades(message);
      default -> "not subscribed";
    };
  }

  private @Nullable String book(JsonNode message) {
    long seq = message.path("seq").asLong();
    String breach = null;
    if (message.path("kind").asText().equals("snapshot")) {
      String epoch = message.path("epoch").asText();
      if (epoch.equals(bookEpoch) && seq < bookSeq) {
        breach = "book went back from " + bookSeq + " at depth " + shown;
      }
      if (message.path("part").asInt(1) == 1) {
        bids.clear();
        asks.clear();
      }
      bookEpoch = epoch;
      shown = message.path("depth").asInt();
    } else if (message.path("prevSeq").asLong() != bookSeq) {
      breach = "book has a gap after " + bookSeq;
    } else if (seq < bookSeq) {
      breach = "book went back from " + bookSeq;
    } else if (message.path("depth").asInt() != shown) {
      breach = "a change at another depth than " + shown;
    }
    bookSeq = seq;
    levels(bids, message.path("bids"));
    levels(asks, message.path("asks"));
    return breach;
  }

  private static void levels(Map<BigDecimal, String> side, JsonNode levels) {
    for (JsonNode level : levels) {
      BigDecimal price = new BigDecimal(level.get(0).asText());
      String size = level.get(1).asText();
      if (new BigDecimal(size).signum() == 0) {
        side.remove(price);
      } else {
        side.put(price, size);
      }
    }
  }

  private @Nullable String trades(JsonNode message) {
    if (message.path("kind").asText().equals("reset")) {
      long had = tradeSeq();
      return anew(message.path("epoch").asText(), message.path("seq").asLong())
          ? null
          : "trades were reset at " + had;
    }
    String breach = null;
    for (JsonNode trade : message.path("trades")) {
      long seq = trade.path("seq").asLong();
      if (seq <= tradeSeq()) {
        breach = "trades went back from " + tradeSeq();
        continue;
      }
      if (seq > tradeSeq() + 1) {
        breach = "trades are missing after " + tradeSeq();
        trades.clear();
        tradesFrom = seq - 1;
      }
      trades.add(trade.path("id").asText());
    }
    return breach;
  }

  List<String> differences(ReferenceBook expected) {
    List<String> all = new ArrayList<>();
    compare("bids", bids, expected.bids, all);
    compare("asks", asks, expected.asks, all);
    int from = (int) Math.min(tradesFrom, expected.trades.size());
    if (epochsEnd) {
      // Nobody can tell from outside where an epoch began; it has all that came after the storm.
      from =
          Math.max(0, Math.min(expected.tradesBeforeCalm, expected.trades.size() - trades.size()));
    }
    List<String> rest = expected.trades.subList(from, expected.trades.size());
    if (!trades.equals(rest)) {
      all.add(symbol + " trades after " + tradesFrom + ": " + trades + ", expected " + rest);
    }
    return all;
  }

  private void compare(
      String side,
      SortedMap<BigDecimal, String> have,
      SortedMap<BigDecimal, String> whole,
      List<String> all) {
    SortedMap<BigDecimal, String> best = whole;
    if (depth > 0 && whole.size() > depth) {
      best = new TreeMap<>(whole.comparator());
      for (Map.Entry<BigDecimal, String> level : whole.entrySet()) {
        if (best.size() < depth) {
          best.put(level.getKey(), level.getValue());
        }
      }
    }
    if (!have.equals(best)) {
      TreeMap<BigDecimal, String> lacks = new TreeMap<>(best);
      lacks.entrySet().removeAll(have.entrySet());
      TreeMap<BigDecimal, String> tooMuch = new TreeMap<>(have);
      tooMuch.entrySet().removeAll(best.entrySet());
      all.add(
          (symbol + " depth " + depth + " shown " + shown + " at " + bookEpoch + "/" + bookSeq)
              + (": " + side + " " + have.size() + " levels, expected " + best.size())
              + ("; lacks " + few(lacks) + "; has besides " + few(tooMuch)));
    }
  }

  private static String few(Map<BigDecimal, String> levels) {
    String text = levels.toString();
    return text.length() > 200 ? levels.size() + " like " + text.substring(0, 200) : text;
  }
}
