package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Map;
import java.util.TreeMap;

/** What callers were told of their requests, beside what the upstream's own log says. */
final class OutcomeTally {
  /** How many requests a test makes; more of them in the long form. */
  static final int CUTS = Integer.getInteger("tidegate.cuts", 2_000);

  static final long SEED = Long.getLong("tidegate.seed", 20_261_127);

  static final String BODY = "0123456789";

  private static final class Row {
    int requests;
    int answered;
    int brokenOff;
    int unknown;
    int needless;
    int unread;
    int neverSent;
    int lies;
  }

  private final Map<String, Row> rows = new TreeMap<>();

  /** What a request ends as, and whether its connection is of further use. */
  record Told(String what, boolean closes) {}

  static Told ask(RawHttp client, String text) throws IOException {
    try {
      Answer answer = client.send(text).read();
      String what = what(answer);
      return new Told(
          what, "close".equals(answer.header("connection")) || what.equals("broken off"));
    } catch (EOFException | SocketException e) {
      return new Told("broken off", true);
    }
  }

  static String request(String method, String path) {
    String head = method + " " + path + " HTTP/1.1\r\nHost: example.com\r\n";
    return method.equals("GET") ? head + "\r\n" : head + "Content-Length: 5\r\n\r\nhello";
  }

  private static String what(Answer answer) {
    if (answer.status() == 200) {
      return answer.body().equals(BODY)
          ? "answered"
          : BODY.startsWith(answer.body()) ? "broken off" : "answered wrongly";
    }
    return answer.body().contains("\"outcome\":\"never-sent\"")
        ? "never-sent"
        : answer.body().contains("\"outcome\":\"unknown\"") ? "unknown" : answer.body();
  }

  /**
   * Adds a request.
   *
   * @param kind what the upstream did to it
   * @param acted whether the upstream has seen any of it, and not said that it did not act
   * @param left whether any of it can have left for the upstream
   */
  void add(String kind, Told told, boolean acted, boolean left) {
    Row row = rows.computeIfAbsent(kind, k -> new Row());
    row.requests++;
    switch (told.what()) {
      case "answered" -> row.answered++;
      case "broken off" -> row.brokenOff++;
      case "never-sent" -> {
        row.neverSent++;
        row.lies += acted ? 1 : 0;
      }
      case "unknown" -> {
        row.unknown++;
        row.needless += left ? 0 : 1;
        row.unread += acted ? 0 : 1;
      }
      default -> assertThat(told.what()).as(kind).isEqualTo("an answer or an outcome");
    }
  }

  /** Prints all, and fails when callers were told wrongly. */
  void check(String test) {
    Row all = new Row();
    rows.forEach(
        (kind, row) -> {
          System.out.printf(
              "%s %-22s requests=%d answered=%d broken-off=%d never-sent=%d false=%d unknown=%d"
                  + " needless=%d unread=%d%n",
              test,
              kind,
              row.requests,
              row.answered,
              row.brokenOff,
              row.neverSent,
              row.lies,
              row.unknown,
              row.needless,
              row.unread);
          all.requests += row.requests;
          all.neverSent += row.neverSent;
          all.lies += row.lies;
          all.unknown += row.unknown;
          all.needless += row.needless;
        });
    assertThat(all.lies).as("false never-sent").isZero();
    assertThat(all.needless * 100).as("needless unknown").isLessThanOrEqualTo(all.unknown);
    assertThat(all.neverSent).as("never-sent").isGreaterThan(all.requests / 50);
    assertThat(all.unknown).as("unknown").isGreaterThan(all.requests / 20);
  }
}
