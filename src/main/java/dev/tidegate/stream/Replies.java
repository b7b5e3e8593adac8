package dev.tidegate.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.problem.CloseCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that we say that is not market data. One buffer, used again for every message. */
final class Replies {
  private final Text out = new Text(4096);
  private final Loop loop;

  Replies(Loop loop) {
    this.loop = loop;
  }

  private Text op(String name, @Nullable JsonNode id) {
    out.reset().ascii("{\"op\":\"").ascii(name).put('"');
    if (id != null) {
      out.ascii(",\"id\":");
      if (id.isTextual()) {
        out.quoted(id.textValue());
      } else {
        out.ascii(id.asText());
      }
    }
    return out;
  }

  private long micros() {
    return loop.millis() * 1000;
  }

  Text welcome(String session, String node) {
    op("welcome", null).ascii(",\"version\":1,\"session\":").quoted(session);
    return out.ascii(",\"node\":").quoted(node).ascii(",\"time\":").number(micros()).put('}');
  }

  Text pong(@Nullable JsonNode id) {
    return op("pong", id).ascii(",\"time\":").number(micros()).put('}');
  }

  Text loggedIn(@Nullable JsonNode id, String consumer, long expires) {
    op("loggedIn", id).ascii(",\"consumer\":").quoted(consumer);
    if (expires != Long.MAX_VALUE) {
      out.ascii(",\"expires\":").number(expires * 1000);
    }
    return out.put('}');
  }

  Text error(Refusal refusal) {
    op("error", refusal.id).ascii(",\"code\":").quoted(refusal.code);
    if (!refusal.op.isEmpty()) {
      out.ascii(",\"request\":").quoted(refusal.op);
    }
    return out.ascii(",\"detail\":").quoted(refusal.detail()).put('}');
  }

  Text notice(String code, String detail, @Nullable Topic about) {
    op("notice", null).ascii(",\"code\":").quoted(code).ascii(",\"detail\":").quoted(detail);
    if (about != null) {
      out.ascii(",\"channel\":\"").ascii(about.channel.name().toLowerCase(java.util.Locale.ROOT));
      out.ascii("\",\"symbol\":").quoted(about.symbol);
    }
    return out.put('}');
  }

  /**
   * Asks the client to go elsewhere.
   *
   * @param code of the close that follows at once; null before a drain
   * @param token to go on with; null when there is none, for which a drain gives the reason
   */
  static Text reconnect(
      @Nullable CloseCode code,
      String detail,
      long withinMillis,
      long retryAfterMillis,
      @Nullable String token) {
    Text out = new Text(160).ascii("{\"op\":\"reconnect\"");
    if (code != null) {
      out.ascii(",\"code\":").number(code.code());
    }
    out.ascii(",\"detail\":").quoted(detail).ascii(",\"within\":").number(withinMillis);
    out.ascii(",\"retryAfter\":").number(retryAfterMillis);
    if (token != null) {
      out.ascii(",\"token\":").quoted(token);
    }
    return out.put('}');
  }

  Text token(@Nullable JsonNode id, String token) {
    return op("token", id).ascii(",\"token\":").quoted(token).put('}');
  }

  Text cancelOnDisconnect(@Nullable JsonNode id, boolean armed, int grace) {
    op("cancelOnDisconnect", id).ascii(",\"armed\":").bool(armed);
    return out.ascii(",\"grace\":").number(grace).put('}');
  }

  Text subscribed(@Nullable JsonNode id, List<Subscription> subscriptions) {
    op("subscribed", id).ascii(",\"channels\":[");
    for (Subscription subscription : subscriptions) {
      Topic.separate(out);
      Op.Wanted wanted = subscription.wanted;
      key(wanted.key());
      if (wanted.key().market() != null) {
        out.ascii(",\"window\":").number(wanted.window());
      }
      if (!subscription.epoch.isEmpty()) {
        out.ascii(",\"epoch\":").quoted(subscription.epoch);
        out.ascii(",\"seq\":").number(subscription.seq);
      }
      if (!wanted.key().wildcard()) {
        out.ascii(",\"recovered\":").bool(subscription.recovered);
      }
      if (subscription.first > 0) {
        out.ascii(",\"first\":").number(subscription.first);
      }
      out.put('}');
    }
    return out.ascii("]}");
  }

  Text unsubscribed(@Nullable JsonNode id, List<Op.Key> keys) {
    op("unsubscribed", id).ascii(",\"channels\":[");
    for (Op.Key key : keys) {
      Topic.separate(out);
      key(key);
      out.put('}');
    }
    return out.ascii("]}");
  }

  private void key(Op.Key key) {
    out.ascii("{\"channel\":").quoted(key.name());
    if (!key.symbol().isEmpty()) {
      out.ascii(",\"symbol\":").quoted(key.symbol());
    }
    if (key.depth() != 0) {
      out.ascii(",\"depth\":").number(key.depth());
    }
    if (!key.interval().isEmpty()) {
      out.ascii(",\"interval\":").quoted(key.interval());
    }
  }

  /** Messages of a private channel, in one frame. */
  Text transitions(List<Transition> transitions) {
    out.reset().put('[');
    for (Transition transition : transitions) {
      Topic.separate(out);
      Stored record = transition.record();
      out.ascii("{\"channel\":").quoted(transition.channel());
      out.ascii(",\"epoch\":").quoted(transition.epoch());
      out.ascii(",\"seq\":").number(transition.seq());
      out.ascii(",\"id\":").quoted(record.id());
      out.ascii(",\"status\":").quoted(record.status().text());
      out.ascii(",\"time\":").number(record.updatedAt() * 1000);
      Result result = record.result();
      if (result != null) {
        out.ascii(",\"result\":{\"status\":").number(result.status()).ascii(",\"body\":");
        body(result.body());
        out.put('}');
      }
      out.put('}');
    }
    return out.put(']');
  }

  private void body(byte[] json) {
    if (json.length == 0) {
      out.ascii("null");
    } else {
      // Bad UTF-8 from a worker would make every client close the connection.
      out.raw(new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    }
  }
}
