package dev.tidegate.admin;

import dev.tidegate.bus.Announcements;
import dev.tidegate.bus.Announcements.Announced;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Announcements.AnnouncementsWanted;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.NoticeBoard;
import dev.tidegate.json.JsonBody;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.problem.Problem;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators announce to those who follow {@code status}: made, listed and taken back on any
 * node, known on all.
 */
final class AnnouncementsApi {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncementsApi.class);
  private static final List<String> STATES =
      List.of(State.MAINTENANCE.text(), State.HALTED.text(), State.DELAYED.text());
  private static final int MOST_TEXT = 256;
  private static final int MOST_SYMBOL = 64;
  private static final Duration USUAL = Duration.ofDays(1);
  private static final Duration MOST = Duration.ofDays(31);

  private final Bus bus;
  private final String node;
  private final LongSupplier millis;
  private final Supplier<String> ids;
  private final NoticeBoard board = new NoticeBoard();

  AnnouncementsApi(Bus bus, String node, LongSupplier millis, Supplier<String> ids) {
    this.bus = bus;
    this.node = node;
    this.millis = millis;
    this.ids = ids;
  }

  /** Begins to hear, and asks what was announced before. */
  void start() {
    bus.hear(Announcements.ANNOUNCED, said -> board.merge(said.announcements(), micros()));
    bus.hear(Announcements.WANTED, wanted -> tell());
    bus.publish(Announcements.WANTED, new AnnouncementsWanted(node));
  }

  /** Says everything again, for those who missed it. */
  void tell() {
    List<Announcement> known = board.known(micros());
    if (!known.isEmpty()) {
      bus.publish(Announcements.ANNOUNCED, new Announced(node, known));
    }
  }

  private long micros() {
    return millis.getAsLong() * 1000;
  }

  void list(RoutingContext request) {
    JsonWriter body = new JsonWriter().object().array("announcements");
    board.standing(micros()).forEach(one -> write(body, one).end());
    Responses.json(request, 200, body.end().end());
  }

  void announce(RoutingContext request) {
    long now = micros();
    try {
      Announcement made = read(Responses.body(request), now);
      if (board.standing(now).size() >= NoticeBoard.MOST) {
        Responses.problem(
            request, Problem.CONFLICT, "announcements: more than " + NoticeBoard.MOST + " stand");
        return;
      }
      if (say("announced", made, request)) {
        Responses.json(request, 201, write(new JsonWriter(), made).end());
      } else {
        Responses.problem(
            request, Problem.CONFLICT, "announcements: no room, or it is over already");
      }
    } catch (IllegalArgumentException e) {
      Responses.problem(request, Problem.BAD_REQUEST, e.getMessage());
    }
  }

  void end(RoutingContext request) {
    String id = Call.segment(request, "id");
    long now = micros();
    for (Announcement one : board.standing(now)) {
      if (one.id().equals(id)) {
        Announcement ended =
            new Announcement(
                id,
                one.symbol(),
                one.state(),
                one.detail(),
                one.from(),
                one.until(),
                Math.max(now, one.changed() + 1),
                true);
        if (say("announcement taken back", ended, request)) {
          Responses.json(request, 200, write(new JsonWriter(), ended).field("ended", true).end());
          return;
        }
      }
    }
    Responses.problem(request, Problem.NOT_FOUND, "announcement " + id + ": nobody has it");
  }

  /** False when the board does not take it, and then nobody hears of it. */
  private boolean say(String what, Announcement one, RoutingContext request) {
    if (!board.merge(List.of(one), micros())) {
      return false;
    }
    LOG.atInfo()
        .addKeyValue("id", one.id())
        .addKeyValue("symbol", one.symbol())
        .addKeyValue("state", one.state())
        .addKeyValue("by", request.request().remoteAddress())
        .log(what);
    bus.publish(Announcements.ANNOUNCED, new Announced(node, List.of(one)));
    return true;
  }

  private Announcement read(String text, long now) {
    JsonBody body = new JsonBody(text, "symbol", "state", "detail", "from", "until");
    String symbol = body.text("symbol", MOST_SYMBOL);
    if (symbol == null) {
      throw JsonBody.expected("symbol", "the one that is announced, or *");
    }
    String state = body.text("state", MOST_TEXT, State.MAINTENANCE.text());
    if (!STATES.contains(state)) {
      throw JsonBody.expected("state: " + state, "one of " + STATES);
    }
    long from = micros(body.moment("from"), now);
    long until = micros(body.moment("until"), Math.max(from, now) + micros(USUAL));
    if (until <= now || until <= from || until - now > micros(MOST)) {
      throw JsonBody.expected(
          "until", "a time to come, after from, within " + MOST.toDays() + " days");
    }
    String id = ids.get();
    String detail = body.text("detail", MOST_TEXT, "");
    return new Announcement(id, symbol, state, detail, from, until, now, false);
  }

  private static long micros(Duration duration) {
    return duration.toMillis() * 1000;
  }

  private static long micros(@Nullable Long millis, long otherwise) {
    return millis == null ? otherwise : millis * 1000;
  }

  /** An object that is still open. */
  private static JsonWriter write(JsonWriter out, Announcement one) {
    return out.object()
        .field("id", one.id())
        .field("symbol", one.symbol())
        .field("state", one.state())
        .field("detail", one.detail())
        .field("from", time(one.from()))
        .field("until", time(one.until()));
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
