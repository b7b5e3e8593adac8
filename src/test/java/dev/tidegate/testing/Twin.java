package dev.tidegate.testing;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What a Frame says, as the JSON protocol says it. It is read by Google's library, by the .proto
 * file, so that nothing of ours takes part.
 */
public final class Twin {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX");

  private Twin() {}

  public static JsonNode of(byte[] frame) {
    try {
      return of(DynamicMessage.parseFrom(Schema.message("Frame"), frame));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("not a Frame", e);
    }
  }

  private static JsonNode of(Message frame) {
    if (!frame.getUnknownFields().asMap().isEmpty()) {
      throw new AssertionError("fields that the schema does not have: " + frame);
    }
    List<Message> messages = list(frame, "messages");
    FieldDescriptor reply = chosen(frame, "reply");
    if (reply == null) {
      ArrayNode batch = NODES.arrayNode();
      messages.forEach(message -> batch.add(channel(message)));
      return batch;
    }
    ObjectNode object = NODES.objectNode().put("op", reply.getJsonName());
    FieldDescriptor id = chosen(frame, "id");
    if (id != null) {
      object.set("id", scalar(frame.getField(id)));
    }
    fields((Message) frame.getField(reply), object);
    return object;
  }

  private static FieldDescriptor chosen(Message message, String oneof) {
    return message.getOneofFieldDescriptor(
        message.getDescriptorForType().getOneofs().stream()
            .filter(o -> o.getName().equals(oneof))
            .findFirst()
            .orElseThrow());
  }

  private static void fields(Message from, ObjectNode to) {
    known(from);
    from.getAllFields().forEach((field, value) -> to.set(field.getJsonName(), node(field, value)));
  }

  private static void known(Message message) {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new AssertionError("fields that the schema does not have: " + message);
    }
  }

  private static JsonNode node(FieldDescriptor field, Object value) {
    if (field.isRepeated()) {
      ArrayNode array = NODES.arrayNode();
      ((List<?>) value).forEach(one -> fields((Message) one, array.addObject()));
      return array;
    }
    if (value instanceof Message message) {
      ObjectNode nested = NODES.objectNode();
      fields(message, nested);
      return nested;
    }
    return switch (field.getName()) {
      case "digest" -> NODES.textNode(String.format("%016x", (long) value));
      case "body" -> json(((ByteString) value).toByteArray());
      case "accepted_at", "updated_at" -> NODES.textNode(instant((long) value));
      default -> scalar(value);
    };
  }

  /** As JSON has it, with three digits of the second. */
  private static String instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC).format(MILLIS);
  }

  private static JsonNode scalar(Object value) {
    return switch (value) {
      case Long number -> NODES.numberNode(number);
      case Integer number -> NODES.numberNode(Integer.toUnsignedLong(number));
      case Boolean bool -> NODES.booleanNode(bool);
      case String text -> NODES.textNode(text);
      default -> throw new AssertionError(value);
    };
  }

  private static ObjectNode channel(Message message) {
    known(message);
    FieldDescriptor content = chosen(message, "content");
    Message inside = (Message) message.getField(content);
    known(inside);
    String name = content.getName();
    ObjectNode to = NODES.objectNode();
    to.put("channel", name.equals("book") || name.equals("trades") ? name : channelName(name));
    text(message, "symbol", to);
    kind(message, name, to);
    text(message, "epoch", to);
    to.put("seq", (long) get(message, "seq"));
    if ((long) get(message, "time") != 0) {
      to.put("time", (long) get(message, "time"));
    }
    for (String optional :
        List.of("prev_seq", "merged", "window", "age", "received", "sent", "checksum")) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName(optional);
      if (message.hasField(field)) {
        to.set(field.getJsonName(), scalar(message.getField(field)));
      }
    }
    switch (name) {
      case "book" -> book(inside, to);
      case "trades" -> trades(inside, to);
      case "request", "order" -> command(inside, to);
      case "candle" -> candle(inside, to);
      case "status" -> status(inside, to);
      default -> decimals(inside, to);
    }
    return to;
  }

  private static String channelName(String content) {
    return switch (content) {
      case "candle" -> "candles";
      case "request" -> "requests";
      case "order" -> "orders";
      default -> content;
    };
  }

  private static void kind(Message message, String content, ObjectNode to) {
    switch (((EnumValueDescriptor) get(message, "kind")).getName()) {
      case "KIND_SNAPSHOT" -> to.put("kind", "snapshot");
      case "KIND_RESET" -> to.put("kind", "reset").put("recovered", false);
      default -> {
        if (content.equals("book")) {
          to.put("kind", "delta");
        }
      }
    }
  }

  private static void text(Message from, String name, ObjectNode to) {
    String text = (String) get(from, name);
    if (!text.isEmpty()) {
      to.put(name, text);
    }
  }

  private static Object get(Message from, String name) {
    return from.getField(from.getDescriptorForType().findFieldByName(name));
  }

  @SuppressWarnings("unchecked")
  private static List<Message> list(Message from, String name) {
    return (List<Message>) get(from, name);
  }

  private static void book(Message book, ObjectNode to) {
    if ((int) get(book, "depth") != 0) {
      to.put("depth", (long) (int) get(book, "depth"));
    }
    if ((int) get(book, "parts") != 0) {
      to.put("part", (long) (int) get(book, "part"));
      to.put("parts", (long) (int) get(book, "parts"));
    }
    for (String side : List.of("bids", "asks")) {
      ArrayNode levels = to.putArray(side);
      for (Message level : list(book, side)) {
        known(level);
        levels.addArray().add(value(level, book, "price")).add(value(level, book, "size"));
      }
    }
  }

  private static String value(Message level, Message book, String name) {
    String text = (String) get(level, name + "_text");
    if (!text.isEmpty()) {
      return text;
    }
    long mantissa = (long) get(level, name);
    String exponent = name + "_exponent";
    boolean own = level.hasField(level.getDescriptorForType().findFieldByName(exponent));
    if (mantissa == 0 && name.equals("size")) {
      return "0";
    }
    return decimal(mantissa, (int) get(own ? level : book, exponent));
  }

  private static String decimal(long mantissa, int exponent) {
    return BigDecimal.valueOf(mantissa, -exponent).toPlainString();
  }

  private static void trades(Message trades, ObjectNode to) {
    ArrayNode list = to.putArray("trades");
    for (Message trade : list(trades, "trades")) {
      known(trade);
      ObjectNode one = list.addObject().put("seq", (long) get(trade, "seq"));
      one.put("id", (String) get(trade, "id"));
      decimals(trade, one);
      String side = ((EnumValueDescriptor) get(trade, "side")).getName();
      one.put("side", side.equals("SIDE_BUY") ? "buy" : "sell");
      one.put("time", (long) get(trade, "time"));
    }
  }

  private static void candle(Message candle, ObjectNode to) {
    to.put("interval", (String) get(candle, "interval")).put("start", (long) get(candle, "start"));
    decimals(candle, to);
    to.put("trades", (long) get(candle, "trades")).put("closed", (boolean) get(candle, "closed"));
  }

  /** All fields that are decimals. */
  private static void decimals(Message from, ObjectNode to) {
    from.getAllFields()
        .forEach(
            (field, value) -> {
              if (value instanceof Message decimal) {
                known(decimal);
                String text = (String) get(decimal, "text");
                long mantissa = (long) get(decimal, "mantissa");
                int exponent = (int) get(decimal, "exponent");
                to.put(field.getJsonName(), text.isEmpty() ? decimal(mantissa, exponent) : text);
              }
            });
  }

  private static void status(Message status, ObjectNode to) {
    to.put("state", (String) get(status, "state")).put("detail", (String) get(status, "detail"));
    ArrayNode channels = NODES.arrayNode();
    ((List<?>) get(status, "channels")).forEach(name -> channels.add((String) name));
    if (!channels.isEmpty()) {
      to.set("channels", channels);
    }
    if ((long) get(status, "since") != 0) {
      to.put("since", (long) get(status, "since"));
    }
    for (Message one : list(status, "announced")) {
      ObjectNode announced = to.withArray("announced").addObject();
      known(one);
      for (String text : List.of("id", "state", "detail")) {
        announced.put(text, (String) get(one, text));
      }
      announced.put("from", (long) get(one, "from")).put("until", (long) get(one, "until"));
    }
  }

  private static void command(Message command, ObjectNode to) {
    to.put("id", (String) get(command, "id")).put("status", (String) get(command, "status"));
    FieldDescriptor field = command.getDescriptorForType().findFieldByName("result");
    if (command.hasField(field)) {
      Message result = (Message) command.getField(field);
      ObjectNode body = to.putObject("result");
      body.put("status", (long) (int) get(result, "status"));
      body.set("body", json(((ByteString) get(result, "body")).toByteArray()));
    }
  }

  private static JsonNode json(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
