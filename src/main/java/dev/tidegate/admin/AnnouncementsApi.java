package dev.tidegate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Announcements;
import dev.tidegate.bus.Announcements.Announced;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Announcements.AnnouncementsWanted;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.NoticeBoard;
import dev.tidegate.problem.Problem;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators announce to those who follow {@code status}: made, listed and taken back on any
 * node, known on all.
 */
final class AnnouncementsApi {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncementsApi.class);
  private static final Set<String> STATES = Set.of("maintenance", "halted", "delayed");
  private static final Set<String> FIELDS = Set.of("symbol", "state", "detail", "from", "until");
  private static final int MOST_TEXT = 256;
  private static final int MOST_SYMBOL = 64;
  private static final Duration USUAL = Duration.ofDays(1);
  private static final Duration MOST = Duration.ofDays(31);

  private final Bus bus;
  private final String node;
  private final LongSupplier millis;
  private final NoticeBoard board = new NoticeBoard();

  AnnouncementsApi(Bus bus, String node, LongSupplier millis) {
    this.bus = bus;
    this.node = node;
    this.millis = millis;
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
    ObjectNode body = Answers.JSON.createObjectNode();
    ArrayNode list = body.putArray("announcements");
    board.standing(micros()).forEach(one -> list.add(json(one)));
    Answers.json(request, 200, body);
  }

  void announce(RoutingContext request) {
    long now = micros();
    try {
      Announcement made = read(request, now);
      if (board.standing(now).size() >= NoticeBoard.MOST) {
        Answers.problem(
            request, Problem.CONFLICT, "announcements: more than " + NoticeBoard.MOST + " stand");
        return;
      }
      if (say("announced", made, request)) {
        Answers.json(request, 201, json(made));
      } else {
        Answers.problem(request, Problem.CONFLICT, "announcements: no room, or it is over already");
      }
    } catch (IOException | IllegalArgumentException e) {
      Answers.problem(request, Problem.BAD_REQUEST, e.getMessage());
    }
  }

  void end(RoutingContext request) {
    String id = String.valueOf(request.pathParam("id"));
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
          Answers.json(request, 200, json(ended).put("ended", true));
          return;
        }
      }
    }
    Answers.problem(request, Problem.NOT_FOUND, "announcement " + id + ": nobody has it");
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

  private static Announcement read(RoutingContext request, long now) throws IOException {
    byte[] bytes =
        request.body().buffer() == null ? new byte[0] : request.body().buffer().getBytes();
    JsonNode body;
    try {
      body = Answers.JSON.readTree(bytes);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException("body: expected a JSON object", e);
    }
    check(body.isObject(), "body: expected a JSON object");
    body.fieldNames().forEachRemaining(f -> check(FIELDS.contains(f), f + ": unknown field"));
    String state = text(body, "state", "maintenance", MOST_TEXT);
    check(STATES.contains(state), "state: " + state + " (expected one of " + STATES + ")");
    long from = time(body.get("from"), "from", now);
    long until = time(body.get("until"), "until", Math.max(from, now) + micros(USUAL));
    check(until > now, "until: expected a time to come");
    check(until > from, "until: expected to be after from");
    check(until - now <= micros(MOST), "until: expected within " + MOST.toDays() + " days");
    return new Announcement(
        UUID.randomUUID().toString(),
        text(body, "symbol", null, MOST_SYMBOL),
        state,
        text(body, "detail", "", MOST_TEXT),
        from,
        until,
        now,
        false);
  }

  private static long micros(Duration duration) {
    return duration.toMillis() * 1000;
  }

  private static String text(JsonNode body, String name, @Nullable String otherwise, int most) {
    JsonNode value = body.get(name);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    check(
        value != null
            && value.isTextual()
            && value.textValue().length() <= most
            && (otherwise != null || !value.textValue().isEmpty()),
        name + ": expected a text of at most " + most + " characters");
    return value == null ? "" : value.textValue();
  }

  private static long time(@Nullable JsonNode value, String name, long otherwise) {
    if (value == null || value.isNull()) {
      return otherwise;
    }
    try {
      Instant at = Instant.parse(value.asText());
      return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(name + ": expected a time like 2026-11-20T12:00:00Z", e);
    }
  }

  private static void check(boolean fine, String otherwise) {
    if (!fine) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static ObjectNode json(Announcement one) {
    return Answers.JSON
        .createObjectNode()
        .put("id", one.id())
        .put("symbol", one.symbol())
        .put("state", one.state())
        .put("detail", one.detail())
        .put("from", Instant.EPOCH.plus(one.from(), ChronoUnit.MICROS).toString())
        .put("until", Instant.EPOCH.plus(one.until(), ChronoUnit.MICROS).toString());
  }
}
