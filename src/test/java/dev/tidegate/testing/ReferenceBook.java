package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * The books and trades of a capture, built straight from the file with none of the gateway's code.
 */
public final class ReferenceBook {
  public final TreeMap<BigDecimal, String> bids = new TreeMap<>(Comparator.reverseOrder());
  public final TreeMap<BigDecimal, String> asks = new TreeMap<>();
  public final List<String> trades = new ArrayList<>();

  /** How many trades there were when the last thing befell the market. */
  public int tradesBeforeCalm;

  ReferenceBook() {}

  public static Map<String, ReferenceBook> of(Path capture) {
    Map<String, ReferenceBook> books = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                capture.toString().endsWith(".gz")
                    ? new GZIPInputStream(Files.newInputStream(capture))
                    : Files.newInputStream(capture),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(": {");
        if (colon > 0 && Character.isDigit(line.charAt(0))) {
          JsonNode message = json.readTree(line.substring(colon + 2));
          apply(books, message.has("data") ? message.get("data") : message);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return books;
  }

  private static void apply(Map<String, ReferenceBook> books, JsonNode m) {
    String type = m.path("type").asText(m.path("e").asText());
    String symbol = m.path("product_id").asText(m.path("s").asText());
    switch (type) {
      case "snapshot" -> {
        ReferenceBook book = book(books, symbol);
        book.bids.clear();
        book.asks.clear();
        book.set(book.bids, m.path("bids"));
        book.set(book.asks, m.path("asks"));
      }
      case "l2update" -> {
        ReferenceBook book = book(books, symbol);
        for (JsonNode change : m.path("changes")) {
          set(
              change.get(0).asText().equals("buy") ? book.bids : book.asks,
              change.get(1).asText(),
              change.get(2).asText());
        }
      }
      case "depthUpdate" -> {
        ReferenceBook book = book(books, symbol);
        book.set(book.bids, m.path("b"));
        book.set(book.asks, m.path("a"));
      }
      case "match" -> book(books, symbol).trades.add(m.path("trade_id").asText());
      case "aggTrade" -> book(books, symbol).trades.add(m.path("a").asText());
      default -> {
        // Tickers, klines and the like have no part in books and trades.
      }
    }
  }

  private static ReferenceBook book(Map<String, ReferenceBook> books, String symbol) {
    return books.computeIfAbsent(symbol, s -> new ReferenceBook());
  }

  private void set(Map<BigDecimal, String> side, JsonNode levels) {
    for (JsonNode level : levels) {
      set(side, level.get(0).asText(), level.get(1).asText());
    }
  }

  private static void set(Map<BigDecimal, String> side, String price, String size) {
    if (new BigDecimal(size).signum() == 0) {
      side.remove(new BigDecimal(price).stripTrailingZeros());
    } else {
      side.put(new BigDecimal(price).stripTrailingZeros(), size);
    }
  }
}
