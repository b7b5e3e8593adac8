package dev.tidegate.stream.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Form;
import dev.tidegate.stream.encode.Statement;
import dev.tidegate.stream.encode.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that we say that is not market data: for every reply its names in JSON beside its
 * numbers in {@code tidegate/v1/stream.proto}.
 */
public final class Replies {
  private final Loop loop;

  public Replies(Loop loop) {
    this.loop = loop;
  }

  private long micros() {
    return loop.millis() * 1000;
  }

  public Statement welcome(String session, String node) {
    return form ->
        form.op(4, "welcome", null)
            .number(1, "version", 1)
            .text(2, "session", session)
            .text(3, "node", node)
            .number(4, "time", micros());
  }

  public Statement pong(@Nullable JsonNode id) {
    return form -> form.op(8, "pong", id).number(1, "time", micros());
  }

  public Statement loggedIn(@Nullable JsonNode id, String consumer, long expires) {
    return form -> {
      form.op(7, "loggedIn", id).text(1, "consumer", consumer);
      if (expires != Long.MAX_VALUE) {
        form.number(2, "expires", expires * 1000);
      }
    };
  }

  public Statement error(Refusal refusal) {
    return form -> {
      form.op(9, "error", refusal.id).text(1, "code", refusal.code);
      if (!refusal.op.isEmpty()) {
        form.text(2, "request", refusal.op);
      }
      form.text(3, "detail", refusal.detail());
    };
  }

  public Statement notice(String code, String detail) {
    return form -> form.op(10, "notice", null).text(1, "code", code).text(2, "detail", detail);
  }

  /**
   * Asks the client to go elsewhere.
   *
   * @param code of the close that follows at once; null before a drain
   * @param token to go on with; null when there is none, for which a drain gives the reason
   */
  public static Statement reconnect(
      @Nullable CloseCode code,
      String detail,
      long withinMillis,
      long retryAfterMillis,
      @Nullable String token) {
    return form -> {
      form.op(11, "reconnect", null);
      if (code != null) {
        form.number(4, "code", code.code());
      }
      form.text(1, "detail", detail).number(2, "within", withinMillis);
      form.number(3, "retryAfter", retryAfterMillis);
      if (token != null) {
        form.text(5, "token", token);
      }
    };
  }

  public Statement token(@Nullable JsonNode id, String token) {
    return form -> form.op(13, "token", id).text(1, "token", token);
  }

  public Statement request(@Nullable JsonNode id, Stored record) {
    return form -> form.op(14, "request", id).record(1, "request", record);
  }

  public Statement cancelOnDisconnect(@Nullable JsonNode id, boolean armed, int grace) {
    return form ->
        form.op(12, "cancelOnDisconnect", id).bool(1, "armed", armed).number(2, "grace", grace);
  }

  /**
   * A channel as the client is told that it is subscribed.
   *
   * @param epoch of the numbering; empty when nothing is known of it yet
   * @param seq where the channel stands
   * @param recovered whether everything since the client's own place follows
   * @param first the first trade that is still kept, when not everything is; else 0
   * @param pending whether its state is not here yet, and comes when it is
   */
  public record Subscribed(
      Op.Wanted wanted, String epoch, long seq, boolean recovered, long first, boolean pending) {}

  public Statement subscribed(@Nullable JsonNode id, List<Subscribed> subscriptions) {
    return form -> {
      form.op(5, "subscribed", id).list("channels");
      for (Subscribed subscription : subscriptions) {
        subscribed(form, subscription);
      }
      form.endList();
    };
  }

  private static void subscribed(Form form, Subscribed subscription) {
    Op.Wanted wanted = subscription.wanted();
    key(form, wanted.key());
    if (wanted.key().market() != null) {
      form.number(5, "window", wanted.window());
    }
    if (!subscription.epoch().isEmpty()) {
      form.text(6, "epoch", subscription.epoch()).number(7, "seq", subscription.seq());
    }
    if (!wanted.key().wildcard() && !subscription.pending()) {
      form.bool(8, "recovered", subscription.recovered());
    }
    if (subscription.first() > 0) {
      form.number(9, "first", subscription.first());
    }
    if (subscription.pending()) {
      form.bool(10, "pending", true);
    }
    form.endItem();
  }

  public Statement unsubscribed(@Nullable JsonNode id, List<Op.Key> keys) {
    return form -> {
      form.op(6, "unsubscribed", id).list("channels");
      for (Op.Key key : keys) {
        key(form, key);
        form.endItem();
      }
      form.endList();
    };
  }

  private static void key(Form form, Op.Key key) {
    key(form, 1, key.name(), key.symbol(), key.depth(), key.interval());
  }

  private static void key(
      Form form, int number, String channel, String symbol, int depth, String interval) {
    form.item(number).text(1, "channel", channel);
    if (!symbol.isEmpty()) {
      form.text(2, "symbol", symbol);
    }
    if (depth != 0) {
      form.number(3, "depth", depth);
    }
    if (!interval.isEmpty()) {
      form.text(4, "interval", interval);
    }
  }

  /**
   * What a session was sent.
   *
   * @param age of the newest data, in microseconds, or -1
   * @param behind of what there is more
   */
  public record Sent(long messages, long digest, long age, List<Head> behind) {}

  /** How far a stream has come; a private one has a channel only. */
  public record Head(String channel, String symbol, int depth, String interval, long seq) {
    public static Head of(Subject at, long seq) {
      return new Head(at.channel().text(), at.symbol(), at.depth(), at.interval(), seq);
    }
  }

  /** Also the answer to the request for it, which gives it an id. */
  public Statement heartbeat(@Nullable JsonNode id, int every, Sent sent) {
    return form -> {
      form.op(15, "heartbeat", id).number(1, "every", every).number(2, "messages", sent.messages);
      form.bits(3, "digest", sent.digest).number(6, "time", micros());
      if (sent.age >= 0) {
        form.number(4, "age", sent.age);
      }
      if (!sent.behind.isEmpty()) {
        form.list("behind");
        for (Head head : sent.behind) {
          key(form, 5, head.channel, head.symbol, head.depth, head.interval);
          form.number(7, "seq", head.seq).endItem();
        }
        form.endList();
      }
    };
  }

  /** Messages of a private channel, in one frame. */
  public Statement transitions(List<Transition> transitions) {
    return form -> form.transitions(transitions);
  }
}
