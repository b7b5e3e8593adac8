package dev.tidegate.smuggling;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Requests as smugglers write them, from a seed: what ends a body said twice, oddly or wrongly,
 * paths in all spellings, lines that end otherwise, requests hidden in bodies.
 */
public final class RequestGenerator {
  private static final String[] METHODS = {
    "GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"
  };
  private static final String[] SPACES = {"  ", "\t", "\u000b", " \t", "\u00a0"};
  private static final String[] VERSIONS = {
    " HTTP/1.0",
    " HTTP/1.0",
    " HTTP/1.0",
    " HTTP/0.9",
    " HTTP/1.2",
    " HTTP/2.0",
    " http/1.1",
    " HTTP/1.1 ",
    "  HTTP/1.1",
    "\tHTTP/1.1",
    "",
    " HTTP/1.10",
    " HTTP/01.1",
    " HTTP /1.1",
    " HTTP/1.1\r",
    " HTTP/1.1 x",
    " HTTP/3.0",
    " HTTP/1",
    " XTTP/1.1"
  };
  private static final String[] HOSTS = {
    "Host: a\r\nHost: b",
    "X: no-host",
    "Host: ",
    "Host : h",
    "Host: a b",
    "Host: h/secret",
    "Host: h@x",
    "Host: h:99999",
    "Host:\th.example",
    "Host: h.example\u0000",
    " Host: h",
    "HOST: h.example"
  };
  private static final String[] ODD = {
    "X-Y : z",
    "X Y: z",
    "X\u0000Y: z",
    "X-Y: a\r\n b",
    "X-Y: a\r\n\tb",
    " X-Y: z",
    ": z",
    "X-Y",
    "X-\u00e9: z",
    "X-Y: \u00e9",
    "X-Y: a\u0000b",
    "X-Y: a\rb",
    "X-Y: a\nZ: b",
    "X(Y): z",
    "X-Y: a\u0001b",
    "X-Y: a\u007fb",
    "X_Y: z",
    "X-Request-Id: mine",
    "Connection: close",
    "Connection: keep-alive, X-Y",
    "Connection: X-Request-Id",
    "Connection: Host",
    "Connection: Content-Length",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk",
    "Upgrade: websocket\r\nConnection: Upgrade",
    "Expect: 100-continue",
    "Expect: x",
    "TE: trailers",
    "TE: trailers, chunked",
    "Trailer: X-T",
    "Keep-Alive: 300",
    "Proxy-Connection: keep-alive",
    "X-HTTP-Method-Override: DELETE",
    "X-Original-URL: /secret/x",
    "X-Rewrite-URL: /secret/x",
    "Cookie: a=b\r\nCookie: c=d",
    "X-Forwarded-For: 1.2.3.4",
    "Forwarded: for=1.2.3.4",
    "X-Y: " + "z".repeat(2000),
    "Content-Type: multipart/form-data; boundary=x",
    "Via: 1.0 x",
    "Range: bytes=0-1",
    "Max-Forwards: 0",
    "X-Seen-Route: root",
    "\u00a0X: y",
    "X\t: y",
    "X-Y:z\r\nX-Y:w",
    "Accept-Encoding: chunked",
    "Accept: */*\r\nUser-Agent: x",
    "Content-Encoding: gzip",
    "X-Y:",
    "X-Y: \"a,b\"",
    "Connection: close\r\nConnection: X-Y\r\nX-Y: z",
    "Content-Location: /secret/x",
    "If-Match: *",
    "Transfer-Encodings: chunked",
    "Content-Lengths: 5",
    "X-Y: Transfer-Encoding: chunked"
  };

  private final Choices choices;
  private final Spellings spellings;
  private final Framings framings;
  private int number;

  /**
   * What a connection of HTTP/1.1 sends.
   *
   * @param mark what the {@code c} of each of its queries begins with
   * @param requests how many are in it, those hidden in bodies not counted
   */
  public record Connection(byte[] bytes, String mark, int requests) {}

  public RequestGenerator(long seed) {
    choices = new Choices(seed);
    spellings = new Spellings(choices);
    framings = new Framings(choices);
  }

  /** One to three odd requests, and a sane one behind them. */
  public Connection next() {
    String mark = Integer.toHexString(number++);
    StringBuilder text = new StringBuilder();
    int requests = 1 + (choices.one(3) ? 1 + choices.below(2) : 0);
    for (int i = 0; i < requests; i++) {
      text.append(request(mark, i));
    }
    text.append("GET /other/last?c=")
        .append(mark)
        .append("-last HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n");
    return new Connection(text.toString().getBytes(ISO_8859_1), mark, requests + 1);
  }

  private String request(String mark, int turn) {
    String query = "c=" + mark + "-" + turn;
    String hidden =
        "GET /secret/hidden?c="
            + mark
            + "-hidden HTTP/1.1\r\nHost: h.example\r\n"
            + choices.of("", "X: ", "\r\n");
    boolean body = choices.below(5) < 3;
    String method = choices.one(20) ? oddMethod() : choices.of(METHODS);
    String space = choices.one(60) ? choices.of(SPACES) : " ";
    String target = choices.one(3) ? spellings.target(query) : spellings.plain(query);
    String version = choices.one(16) ? choices.of(VERSIONS) : " HTTP/1.1";
    String host = choices.one(25) ? choices.of(HOSTS) : "Host: h.example";
    String more =
        choices.one(4) ? choices.of(ODD).replace("mine", "mine-" + mark + "-" + turn) + "\r\n" : "";
    String framing = body ? framings.headAndBody(hidden) : "X: y\r\n\r\n";
    String before = choices.one(60) ? choices.of("\r\n", "\n", "\r\n\r\n", " ", "\u0000") : "";
    String whole =
        before + method + space + target + version + "\r\n" + host + "\r\n" + more + framing;
    return choices.one(25) ? bent(whole) : whole;
  }

  private String oddMethod() {
    return choices.of(
        "get",
        "M-SEARCH",
        "GE T",
        "",
        "CONNECT",
        "TRACE",
        "PRI",
        "G\u0000ET",
        "GET\t",
        "POST\u00a0",
        "\"GET\"",
        "G@T",
        "A-VERY-LONG-METHOD-NAME");
  }

  /** A byte more, less or other, or lines that end otherwise. */
  private String bent(String text) {
    int at = choices.below(text.length());
    return switch (choices.below(6)) {
      case 0 ->
          text.substring(0, at)
              + choices.of("\r", "\n", "\u0000", " ", ":", "\t", "\u00ff", "\r\n")
              + text.substring(at);
      case 1 -> text.substring(0, at) + text.substring(at + 1);
      case 2 -> text.substring(0, at) + (char) choices.below(256) + text.substring(at + 1);
      case 3 -> text.replace("\r\n", "\n");
      case 4 -> text.replace("\r\n", "\r");
      default ->
          text.replaceFirst(
              "\r\n\r\n", choices.of("\n\n", "\r\n\n", "\n\r\n", "\r\r\n\n", "\r\n \r\n"));
    };
  }
}
