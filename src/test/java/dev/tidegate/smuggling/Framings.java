package dev.tidegate.smuggling;

import java.util.Locale;

/** Headers that say where a body ends, and bodies that end there or elsewhere. */
final class Framings {
  private static final String[] CODINGS = {
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked",
    "transfer-encoding:chunked",
    "Transfer-Encoding: Chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: chunked ",
    "Transfer-Encoding:\u000bchunked",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding:",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding\t: chunked",
    " Transfer-Encoding: chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer-Encoding: chunked\u0000",
    "Transfer-Encoding: chun\u0000ked",
    "Transfer\u0000-Encoding: chunked",
    "\u0000Transfer-Encoding: chunked",
    "Transfer-Encoding: \u00a0chunked",
    "Transfer-Encoding: chunked\r\nContent-Encoding: gzip",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    "Transfer-Encodin\u0261: chunked"
  };
  private static final String[] LENGTHS = {
    "Content-Length: %d",
    "Content-Length: %d",
    "Content-Length: %d",
    "content-length:%d",
    "Content-Length: +%d",
    "Content-Length: -%d",
    "Content-Length: 0%d",
    "Content-Length: %d ",
    "Content-Length: %d, %d",
    "Content-Length: %d\r\nContent-Length: %d",
    "Content-Length: %d\r\nContent-Length: 0",
    "Content-Length: 0\r\nContent-Length: %d",
    "Content-Length : %d",
    "Content-Length: 0x%x",
    "Content-Length: %d.0",
    "Content-Length: 1 %d",
    "Content-Length:\r\n %d",
    "Content-Length: %d\u0000",
    "Content-Length: %d;",
    "Content_Length: %d",
    "Content-Length: \t%d\t",
    "Content-Length:",
    "Content-Length: 99999999999999999999",
    "Content-Length: %d,",
    "Content-Length: ,%d",
    "Connection: Content-Length\r\nContent-Length: %d",
    "Content-Length: \"%d\"",
    "X: y\nContent-Length: %d",
    "Content-Length: 4294967296",
    "Content-Length: %d_0",
    "Content-Length: \u0661%d"
  };

  private final Choices choices;

  Framings(Choices choices) {
    this.choices = choices;
  }

  /** The header lines, an empty one, and what follows. */
  String headAndBody(String hidden) {
    int kind = choices.below(10);
    String plain =
        choices.of(
            "hello", "x", "", "0\r\n\r\n", hidden, "0\r\n\r\n" + hidden, "5\r\nhello\r\n0\r\n\r\n");
    if (kind < 4) {
      return choices.below(8) < 6
          ? length("Content-Length: %d", plain.length(), plain)
          : length(choices.of(LENGTHS), plain.length(), plain);
    }
    String chunked = chunked(hidden);
    if (kind < 7) {
      String coding = choices.below(8) < 5 ? "Transfer-Encoding: chunked" : choices.of(CODINGS);
      return coding + "\r\n\r\n" + chunked;
    }
    String body = choices.of(chunked, plain);
    int length = choices.one(3) ? choices.below(body.length() + 3) : body.length();
    String both = format(choices.of(LENGTHS), length);
    String coding = choices.of(CODINGS);
    return (choices.one(2) ? both + "\r\n" + coding : coding + "\r\n" + both) + "\r\n\r\n" + body;
  }

  private static String length(String header, int length, String body) {
    return format(header, length) + "\r\n\r\n" + body;
  }

  private static String format(String header, int length) {
    return String.format(Locale.ROOT, header, length, length);
  }

  private String chunked(String hidden) {
    StringBuilder body = new StringBuilder();
    for (int i = choices.below(4); i > 0; i--) {
      String data = choices.of("hello", "x", "0\r\n\r\n", hidden, "\r\n", "a\n0\n\n");
      body.append(size(data.length()))
          .append(choices.below(20) < 19 ? "\r\n" : choices.of("\n", "\r", "\r\r\n", " \r\n"));
      body.append(data)
          .append(choices.below(30) < 29 ? "\r\n" : choices.of("\n", "", "X", "\r", "\r\nX", "XX"));
    }
    body.append(
        choices.below(20) < 18
            ? "0"
            : choices.of(
                "00", "0;x", "000000000000000000", "-0", "0x0", "0 ", "", "0;\r", "0;a=\"\r\n"));
    body.append(choices.below(30) < 29 ? "\r\n" : choices.of("\n", "\r", "\r\r\n"));
    body.append(choices.below(10) < 7 ? "" : trailer());
    return body.append(choices.below(30) < 29 ? "\r\n" : choices.of("\n", "\r", "", "X: y\r\n"))
        .toString();
  }

  private String trailer() {
    return choices.of(
        "X-T: 1\r\n",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: evil\r\n",
        "X: a\r\n b\r\n",
        "X : y\r\n",
        ": y\r\n",
        "no colon\r\n",
        "X: a\nY: b\r\n",
        "X-Request-Id: stolen\r\n",
        "\u0000: a\r\n",
        "Connection: close\r\n",
        "Trailer: x\r\n",
        "X: a\r\r\n");
  }

  private String size(int length) {
    String hex = Integer.toHexString(length);
    return choices.below(12) < 10
        ? hex
        : choices.of(
            hex.toUpperCase(Locale.ROOT),
            "0" + hex,
            "0000000000000000" + hex,
            hex + ";a=b",
            hex + ";a=\"b\"",
            hex + ";a=\"\r\n\"",
            hex + ";a\n",
            hex + " ;a",
            hex + ";",
            hex + "\t",
            " " + hex,
            "0x" + hex,
            "+" + hex,
            "-" + hex,
            hex + " 1",
            hex + "g",
            hex + ";\u0000",
            "100000000" + hex,
            hex + ";a=b\r",
            "\u0660" + hex,
            hex + ",1",
            hex + ".0",
            "fffffffffffffffff",
            hex + ";" + "e".repeat(200));
  }
}
