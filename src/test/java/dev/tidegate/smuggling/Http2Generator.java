package dev.tidegate.smuggling;

import java.util.ArrayList;
import java.util.List;

/** Requests of HTTP/2 with what would be a line, a header or a body of its own in HTTP/1.1. */
public final class Http2Generator {
  private static final String[] OF_A_CONNECTION = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "upgrade",
    "te",
    "http2-settings",
    "host",
    "expect",
    "trailer"
  };
  private static final String[] SAID_OF_A_CONNECTION = {
    "close",
    "transfer-encoding",
    "trailers",
    "chunked",
    "h2c",
    "other.example",
    "h.example",
    "100-continue"
  };

  private final Choices choices;
  private final Spellings spellings;
  private int number;

  /**
   * A request: names and values in turn, what is sent as data, and the trailers.
   *
   * @param data none when the head ends it
   * @param mark what the {@code c} of its query begins with
   */
  public record Request(String[] head, List<String> data, String[] trailers, String mark) {}

  public Http2Generator(long seed) {
    choices = new Choices(seed);
    spellings = new Spellings(choices);
  }

  public Request next() {
    String mark = "h" + Integer.toHexString(number++);
    String hidden = "GET /secret/hidden?c=" + mark + "-hidden HTTP/1.1\r\nHost: h.example\r\n\r\n";
    List<String> head = new ArrayList<>();
    field(
        head,
        ":method",
        choices.below(16) < 14
            ? choices.of("GET", "POST", "PUT", "HEAD", "DELETE")
            : method(hidden));
    field(
        head,
        ":scheme",
        choices.below(16) < 15
            ? "http"
            : choices.of("https", "", "http://x/?", "ftp", "h\r\nX: y", "http "));
    field(
        head,
        ":authority",
        choices.below(12) < 11
            ? "h.example"
            : choices.of("", "a b", "h\r\nX: y", "u@h", "h/secret", "h:99999", "h\u0000", "h?"));
    String query = "c=" + mark + "-0";
    String target = choices.one(3) ? spellings.target(query) : spellings.plain(query);
    field(head, ":path", choices.below(12) < 11 ? target : path(target, hidden));
    List<String> data = new ArrayList<>();
    for (int i = choices.below(4); i > 1; i--) {
      data.add(
          choices.of(
              "hello", "0\r\n\r\n", hidden, "", "5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n" + hidden));
    }
    for (int i = choices.below(4); i > 1; i--) {
      odd(head, data, hidden);
    }
    String[] trailers =
        choices.below(10) < 8 ? new String[0] : new String[] {name(), value(hidden)};
    return new Request(head.toArray(String[]::new), data, trailers, mark);
  }

  private static void field(List<String> fields, String name, String value) {
    fields.add(name);
    fields.add(value);
  }

  private String method(String hidden) {
    return choices.of(
        "get",
        "",
        "GET /secret/x HTTP/1.1\r\nX: y",
        "G ET",
        "GET\r\n",
        "CONNECT",
        "TRACE",
        "PRI",
        "G\u0000",
        hidden);
  }

  private String path(String target, String hidden) {
    return choices.of(
        "",
        "*",
        target + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: y",
        target + " HTTP/1.1\r\n\r\n" + hidden,
        target + "\n",
        target + "\r",
        target + "\u0000",
        " " + target,
        target + " ",
        "http://x" + target,
        "x" + target,
        target + "#f",
        target + "\u00e9",
        target + "\t");
  }

  private void odd(List<String> head, List<String> data, String hidden) {
    int length = data.stream().mapToInt(String::length).sum();
    switch (choices.below(8)) {
      case 0 -> field(head, "content-length", Integer.toString(length));
      case 1 ->
          field(
              head,
              "content-length",
              choices.of(
                  "0",
                  "1",
                  "5",
                  "+5",
                  "5, 5",
                  "-1",
                  "0x5",
                  "5\r\nX: y",
                  "",
                  " " + length,
                  Integer.toString(length + 1)));
      case 2 ->
          field(
              head,
              choices.of(
                  "transfer-encoding",
                  "Transfer-Encoding",
                  "transfer-encoding ",
                  "transfer_encoding"),
              choices.of("chunked", "identity", "chunked, identity"));
      case 3 -> field(head, choices.of(OF_A_CONNECTION), choices.of(SAID_OF_A_CONNECTION));
      case 4 -> field(head, name(), "v");
      case 5 -> field(head, "x-y", value(hidden));
      case 6 ->
          field(
              head,
              choices.of(":path", ":method", ":authority", ":scheme", ":status", ":protocol", ":x"),
              choices.of("/secret/x", "GET", "200", "websocket", "other"));
      default ->
          field(
              head,
              choices.of("cookie", "cookie", "x-request-id", "x-original-url", "x-forwarded-host"),
              choices.of("a=b", "c=d; e", "/secret/x", "mine" + number));
    }
  }

  private String name() {
    return choices.of(
        "x-t",
        "X-T",
        "x t",
        "x:y",
        "x\r\ntransfer-encoding",
        "transfer-encoding: chunked\r\nx",
        "x\n",
        "",
        " x",
        "x ",
        "x\u0000",
        "x\u00e9",
        "content-length",
        "transfer-encoding",
        ":path",
        "host",
        "connection",
        "x(y)",
        "x\t");
  }

  private String value(String hidden) {
    return choices.of(
        "v",
        "a\r\nTransfer-Encoding: chunked",
        "a\r\n\r\n" + hidden,
        "a\nb",
        "a\rb",
        "a\u0000b",
        " a",
        "a ",
        "\ta",
        "a\u007f",
        "a\u00e9",
        "",
        "chunked",
        "5",
        "\r\n",
        "a\u0001");
  }
}
