package dev.tidegate.stream.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidegate.bus.Commands.PrivateChannel;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Interval;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's message. Whatever it is, the result is an {@link Op} or a {@link Refusal}, which
 * names the place and what was expected. Stateless.
 */
public final class OpReader {
  static final List<Integer> WINDOWS = List.of(0, 10, 20, 50, 100, 250, 500, 1000);
  static final List<Integer> DEPTHS = List.of(0, 1, 5, 10, 20, 50);
  static final int MAX_SYMBOL = 64;
  private static final int MAX_REQUEST = 64;
  private static final int MAX_SESSION = 256;
  private static final int MAX_GRACE = 600_000;
  private static final int MIN_EVERY = 250;
  private static final int MAX_EVERY = 60_000;

  /** As clients are told them. */
  private static final List<String> CHANNELS =
      Stream.concat(
              Stream.of(Channel.values()).map(Channel::text),
              Stream.of(PrivateChannel.values()).map(PrivateChannel::text))
          .toList();

  private static final Set<String> WANTED =
      Set.of(
          "channel", "symbol", "depth", "interval", "window", "since", "meta", "checksum", "epoch");

  private static final ObjectReader JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNumberLength(40)
                          .maxNameLength(200)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private OpReader() {}

  /** Text is JSON whatever was agreed; the rest is in the codec. */
  public static Op read(Codec codec, int opcode, byte[] message, int length) throws Refusal {
    return opcode == Frames.TEXT
        ? read(message, length)
        : switch (codec) {
          case JSON -> read(message, length);
          case PROTO -> readBinary(message, length);
        };
  }

  public static Op read(byte[] message, int length) throws Refusal {
    return read(parse(message, length));
  }

  /** A request in Protobuf, which has the same meaning. */
  public static Op readBinary(byte[] message, int length) throws Refusal {
    return read(ProtoRequests.tree(message, length));
  }

  private static Op read(JsonNode root) throws Refusal {
    if (!root.isObject()) {
      throw new Refusal(Refusal.BAD_REQUEST, "message: expected a JSON object with \"op\"");
    }
    JsonNode id = root.hasNonNull("id") ? root.get("id") : null;
    String op = root.path("op").isTextual() ? root.path("op").textValue() : "";
    try {
      if (id != null
          && !(id.isIntegralNumber() || (id.isTextual() && id.asText().length() <= 64))) {
        throw bad("id", "an integer, or a string of up to 64 characters");
      }
      return switch (op) {
        case "subscribe" -> new Op.Subscribe(id, wanted(root));
        case "unsubscribe" -> new Op.Unsubscribe(id, wanted(root));
        case "login" -> login(root, id);
        case "ping" -> new Op.Ping(id);
        case "cancelOnDisconnect" -> cancel(root, id);
        case "heartbeat" -> new Op.Heartbeat(id, every(root));
        case "token" -> new Op.TakeToken(id);
        case "resume" -> resume(root, id);
        case "request" -> find(root, id);
        default ->
            throw new Refusal(
                Refusal.UNKNOWN_OP,
                "op: expected subscribe, unsubscribe, resume, token, request, login, ping,"
                    + " heartbeat or cancelOnDisconnect");
      };
    } catch (Refusal refusal) {
      throw refusal.answering(op, id != null && id.isValueNode() && !id.isDouble() ? id : null);
    }
  }

  private static JsonNode parse(byte[] message, int length) throws Refusal {
    try {
      JsonNode root = JSON.readTree(message, 0, length);
      if (root == null || root.isMissingNode()) {
        throw new Refusal(Refusal.MALFORMED, "message: empty (expected a JSON object)");
      }
      return root;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null ? "" : " at character " + e.getLocation().getByteOffset();
      throw new Refusal(Refusal.MALFORMED, "message: not JSON" + place);
    } catch (IOException e) {
      throw new Refusal(Refusal.MALFORMED, "message: not JSON");
    }
  }

  private static Op login(JsonNode root, @Nullable JsonNode id) throws Refusal {
    String token = text(root, "token");
    String apiKey = text(root, "apiKey");
    String key = text(root, "key");
    int given = (token == null ? 0 : 1) + (apiKey == null ? 0 : 1) + (key == null ? 0 : 1);
    if (given != 1) {
      throw bad(
          "token",
          "one of \"token\" (a JWT), \"apiKey\", and \"key\" with \"time\" and \"signature\"");
    }
    return new Op.Login(id, token, apiKey, key == null ? null : signature(root, key));
  }

  private static Op.Signature signature(JsonNode root, String key) throws Refusal {
    JsonNode time = root.path("time");
    if (!time.isIntegralNumber() || !time.canConvertToLong()) {
      throw bad("time", "milliseconds since the epoch");
    }
    String signature = text(root, "signature");
    if (signature == null) {
      throw bad("signature", "base64 or hex");
    }
    return new Op.Signature(key, time.longValue(), signature);
  }

  private static Op find(JsonNode root, @Nullable JsonNode id) throws Refusal {
    String request = text(root, "request");
    if (request == null || request.isEmpty() || request.length() > MAX_REQUEST) {
      throw bad("request", "the id of a request, 1.." + MAX_REQUEST + " characters");
    }
    return new Op.FindRequest(id, request);
  }

  private static Op resume(JsonNode root, @Nullable JsonNode id) throws Refusal {
    String token = text(root, "token");
    if (token == null || token.isEmpty() || token.length() > Token.MOST) {
      throw bad("token", "what \"token\" or \"reconnect\" gave, 1.." + Token.MOST + " characters");
    }
    return new Op.Resume(id, token);
  }

  private static int every(JsonNode root) throws Refusal {
    JsonNode every = root.path("every");
    int millis = every.isInt() ? every.intValue() : -1;
    if (millis != 0 && (millis < MIN_EVERY || millis > MAX_EVERY)) {
      throw bad("every", "milliseconds, " + MIN_EVERY + ".." + MAX_EVERY + ", or 0 for no more");
    }
    return millis;
  }

  private static Op cancel(JsonNode root, @Nullable JsonNode id) throws Refusal {
    JsonNode grace = root.path("grace");
    boolean enabled = flag(root, "enabled", "", true);
    if (enabled && (!grace.isInt() || grace.intValue() < 0 || grace.intValue() > MAX_GRACE)) {
      throw bad("grace", "milliseconds, 0.." + MAX_GRACE);
    }
    String replaces = text(root, "replaces");
    if (replaces != null && (replaces.isEmpty() || replaces.length() > MAX_SESSION)) {
      throw bad("replaces", "the session of a welcome, 1.." + MAX_SESSION + " characters");
    }
    return new Op.CancelOnDisconnect(id, enabled, grace.asInt(0), text(root, "account"), replaces);
  }

  private static List<Op.Wanted> wanted(JsonNode root) throws Refusal {
    JsonNode channels = root.path("channels");
    if (!channels.isArray() || channels.isEmpty()) {
      throw bad("channels", "a list of at least one channel");
    }
    List<Op.Wanted> wanted = new ArrayList<>(channels.size());
    for (int i = 0; i < channels.size(); i++) {
      wanted.add(wanted(channels.get(i), "channels[" + i + "]."));
    }
    return wanted;
  }

  private static Op.Wanted wanted(JsonNode item, String at) throws Refusal {
    if (!item.isObject()) {
      throw bad(at.substring(0, at.length() - 1), "an object");
    }
    for (var fields = item.fieldNames(); fields.hasNext(); ) {
      String field = fields.next();
      if (!WANTED.contains(field)) {
        throw bad(at + shown(field), "no such field; known are " + String.join(", ", WANTED));
      }
    }
    JsonNode name = item.path("channel");
    if (!name.isTextual()) {
      throw bad(at + "channel", "a string");
    }
    int window = choice(item, "window", at, WINDOWS);
    return new Op.Wanted(
        key(item, name.textValue(), at),
        window,
        flag(item, "meta", at, false),
        flag(item, "checksum", at, false),
        since(item.get("since"), at));
  }

  private static Op.Key key(JsonNode item, String name, String at) throws Refusal {
    if (PrivateChannel.named(name) != null) {
      return new Op.Key(name, null, "", 0, "");
    }
    Channel channel = channel(name, at);
    JsonNode symbol = item.path("symbol");
    if (!symbol.isTextual()
        || symbol.textValue().isEmpty()
        || symbol.textValue().length() > MAX_SYMBOL) {
      throw bad(at + "symbol", "a string of 1.." + MAX_SYMBOL + " characters");
    }
    int depth = choice(item, "depth", at, DEPTHS);
    if (depth != 0 && channel != Channel.BOOK) {
      throw bad(at + "depth", "only with the channel book");
    }
    String interval = text(item, "interval");
    if ((channel == Channel.CANDLES) != (interval != null && Interval.TEXTS.contains(interval))) {
      throw bad(
          at + "interval",
          "one of " + Interval.TEXTS + " with the channel candles, and only there");
    }
    return new Op.Key(name, channel, symbol.textValue(), depth, interval == null ? "" : interval);
  }

  private static Channel channel(String name, String at) throws Refusal {
    Channel channel = Channel.named(name);
    if (channel != null) {
      return channel;
    }
    throw new Refusal(
        Refusal.UNKNOWN_CHANNEL,
        at
            + "channel: \""
            + shown(name)
            + "\" (expected "
            + String.join(", ", CHANNELS.subList(0, CHANNELS.size() - 1))
            + " or "
            + CHANNELS.getLast()
            + ")");
  }

  private static Op.@Nullable Since since(@Nullable JsonNode since, String at) throws Refusal {
    if (since == null || since.isNull()) {
      return null;
    }
    JsonNode epoch = since.path("epoch");
    JsonNode seq = since.path("seq");
    if (!epoch.isTextual() || !seq.isIntegralNumber() || !seq.canConvertToLong()) {
      throw bad(at + "since", "{\"epoch\":\"...\",\"seq\":number}");
    }
    return new Op.Since(epoch.textValue(), Math.max(0, seq.longValue()));
  }

  private static int choice(JsonNode item, String field, String at, List<Integer> choices)
      throws Refusal {
    JsonNode value = item.get(field);
    if (value == null || value.isNull()) {
      return 0;
    }
    if (!value.isInt() || !choices.contains(value.intValue())) {
      throw bad(at + field, "one of " + choices);
    }
    return value.intValue();
  }

  private static boolean flag(JsonNode item, String field, String at, boolean otherwise)
      throws Refusal {
    JsonNode value = item.get(field);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw bad(at + field, "true or false");
    }
    return value.booleanValue();
  }

  private static @Nullable String text(JsonNode node, String field) throws Refusal {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw bad(field, "a string");
    }
    return value.textValue();
  }

  private static String shown(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  private static Refusal bad(String path, String expected) {
    return new Refusal(Refusal.BAD_REQUEST, path + ": expected " + expected);
  }
}
