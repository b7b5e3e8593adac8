package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A request of the stream in Protobuf, written by Google's library from its JSON form. */
public final class ProtoRequest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ProtoRequest() {}

  public static byte[] of(String json) {
    try {
      JsonNode asked = JSON.readTree(json);
      Descriptor type = Schema.message("Request");
      DynamicMessage.Builder request = DynamicMessage.newBuilder(type);
      JsonNode id = asked.get("id");
      if (id != null) {
        String name = id.isTextual() ? "text_id" : "number_id";
        request.setField(
            type.findFieldByName(name), id.isTextual() ? id.textValue() : (Object) id.longValue());
      }
      FieldDescriptor op = field(type, asked.get("op").textValue());
      request.setField(op, message(op.getMessageType(), asked));
      return request.build().toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The id as it is in JSON; null when there is none that can be read. */
  public static @Nullable String id(byte[] request) {
    try {
      Descriptor type = Schema.message("Request");
      DynamicMessage read = DynamicMessage.parseFrom(type, request);
      FieldDescriptor id =
          read.getOneofFieldDescriptor(type.findFieldByName("number_id").getContainingOneof());
      if (id == null) {
        return null;
      }
      Object value = read.getField(id);
      return value instanceof String text && text.length() > 64
          ? null
          : JSON.writeValueAsString(value);
    } catch (IOException e) {
      return null;
    }
  }

  private static FieldDescriptor field(Descriptor type, String jsonName) {
    return type.getFields().stream()
        .filter(f -> f.getJsonName().equals(jsonName))
        .findFirst()
        .orElseThrow(() -> new AssertionError(jsonName + ": no field of " + type.getName()));
  }

  private static DynamicMessage message(Descriptor type, JsonNode from) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    from.properties()
        .forEach(
            property -> {
              String name = property.getKey();
              if (!name.equals("op") && !name.equals("id")) {
                FieldDescriptor field = field(type, name);
                if (field.isRepeated()) {
                  property
                      .getValue()
                      .forEach(one -> message.addRepeatedField(field, value(field, one)));
                } else {
                  message.setField(field, value(field, property.getValue()));
                }
              }
            });
    return message.build();
  }

  private static Object value(FieldDescriptor field, JsonNode value) {
    return switch (field.getJavaType()) {
      case INT -> value.intValue();
      case LONG -> value.longValue();
      case BOOLEAN -> value.booleanValue();
      case STRING -> value.textValue();
      case BYTE_STRING -> ByteString.copyFrom(Base64.getDecoder().decode(value.textValue()));
      case MESSAGE -> message(field.getMessageType(), value);
      default -> throw new AssertionError(field);
    };
  }
}
