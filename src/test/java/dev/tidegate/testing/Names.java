package dev.tidegate.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names as venues have them, and what stands for nothing in a target. */
public final class Names {
  public static final List<String> AWKWARD =
      List.of(
          "XBT/USD",
          "BTC/USDT:USDT",
          "a b",
          "a+b",
          "100%",
          "\u6bd4\u7279\u5e01-USD",
          "Z\u00fcrich",
          "q?x",
          "h#x",
          "a..b",
          ";x=1");

  public static final List<String> MALFORMED =
      List.of(
          "%",
          "%z",
          "%zz",
          "%2",
          "a%",
          "%C0%AF",
          "%E0%80%AF",
          "%F0%82%82%AC",
          "%ED%A0%80",
          "%ff",
          "%E6%AF",
          "%00",
          "a%00b",
          "\u6bd4\u7279",
          "Z\u00fcrich");

  private Names() {}

  /** As it stands in a path. */
  public static String escaped(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
