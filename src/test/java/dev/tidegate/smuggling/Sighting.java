package dev.tidegate.smuggling;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;

/**
 * What a server made of a request: what it says in its answer, each part in hex.
 *
 * @param route where it would lead by the server's own reading of the path: {@code open}, {@code
 *     secret}, {@code root}
 * @param turn the number of the request on its connection, from 1
 */
record Sighting(
    String method, String target, String route, String requestId, String body, int turn) {
  static final String HEADER = "x-sighting";

  static Sighting parse(String text) {
    String[] parts = text.split("\\.", -1);
    return new Sighting(
        text(parts[0]),
        text(parts[1]),
        parts[2],
        text(parts[3]),
        text(parts[4]),
        Integer.parseInt(parts[5]));
  }

  String format() {
    return String.join(
        ".", hex(method), hex(target), route, hex(requestId), hex(body), Integer.toString(turn));
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(ISO_8859_1));
  }
}
