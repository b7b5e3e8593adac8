package dev.tidegate.stream.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Base64;

/**
 * Reads a Request of {@code tidegate/v1/stream.proto} into the tree that it would be in JSON, so
 * that {@link OpReader} judges both alike. Unknown fields are skipped. Stateless.
 */
public final class ProtoRequests {
  /** No field has such a name. */
  private static final String SEVERAL = "several ops";

  private ProtoRequests() {}

  /** Takes the fields of one message, one after the other. */
  private interface Fields {
    /** Reads the field's value into the tree, or returns false for one that it does not know. */
    boolean take(int tag, CodedInputStream in, ObjectNode to) throws IOException;
  }

  static JsonNode tree(byte[] message, int length) throws Refusal {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    try {
      fields(CodedInputStream.newInstance(message, 0, length), root, ProtoRequests::request);
    } catch (IOException e) {
      throw refused(Refusal.UNREADABLE, "message: not a Request in Protobuf", root);
    }
    if (root.has(SEVERAL)) {
      throw refused(Refusal.BAD_REQUEST, "op: expected one in a Request", root);
    }
    return root;
  }

  /** With the id, as far as it has been read. */
  private static Refusal refused(String code, String detail, ObjectNode read) {
    return new Refusal(code, detail, read.path("op").asText(), read.get("id"));
  }

  private static void fields(CodedInputStream in, ObjectNode to, Fields fields) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!fields.take(tag, in, to) && !in.skipField(tag)) {
        throw new IOException("a group ends that has not begun");
      }
    }
  }

  private static ObjectNode nested(CodedInputStream in, ObjectNode to, Fields fields)
      throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    fields(in, to, fields);
    in.checkLastTagWas(0);
    in.popLimit(limit);
    return to;
  }

  private static int delimited(int field) {
    return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static int varint(int field) {
    return (field << 3) | WireFormat.WIRETYPE_VARINT;
  }

  private static boolean request(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag == varint(1)) {
      to.put("id", in.readInt64());
    } else if (tag == delimited(2)) {
      to.put("id", in.readStringRequireUtf8());
    } else if (tag == delimited(3)) {
      nested(in, op(to, "subscribe"), ProtoRequests::channels);
    } else if (tag == delimited(4)) {
      nested(in, op(to, "unsubscribe"), ProtoRequests::channels);
    } else if (tag == delimited(5)) {
      nested(in, op(to, "login"), ProtoRequests::login);
    } else if (tag == delimited(6)) {
      nested(in, op(to, "ping"), (unknown, from, ping) -> false);
    } else if (tag == delimited(7)) {
      nested(in, op(to, "cancelOnDisconnect"), ProtoRequests::cancel);
    } else if (tag == delimited(8)) {
      nested(in, op(to, "token"), (unknown, from, token) -> false);
    } else if (tag == delimited(9)) {
      nested(in, op(to, "resume"), ProtoRequests::login);
    } else if (tag == delimited(10)) {
      nested(in, op(to, "request"), ProtoRequests::find);
    } else if (tag == delimited(11)) {
      nested(in, op(to, "heartbeat").put("every", 0), ProtoRequests::heartbeat);
    } else {
      return false;
    }
    return true;
  }

  private static ObjectNode op(ObjectNode to, String name) {
    return to.has("op") ? to.put(SEVERAL, true) : to.put("op", name);
  }

  private static boolean channels(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag != delimited(1)) {
      return false;
    }
    ArrayNode channels = to.withArray("channels");
    channels.add(nested(in, JsonNodeFactory.instance.objectNode(), ProtoRequests::channel));
    return true;
  }

  private static boolean channel(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag == delimited(1)) {
      to.put("channel", in.readStringRequireUtf8());
    } else if (tag == delimited(2)) {
      to.put("symbol", in.readStringRequireUtf8());
    } else if (tag == varint(3)) {
      to.put("depth", in.readInt32());
    } else if (tag == delimited(4)) {
      given(to, "interval", in.readStringRequireUtf8());
    } else if (tag == varint(5)) {
      to.put("window", in.readInt32());
    } else if (tag == varint(6)) {
      to.put("meta", in.readBool());
    } else if (tag == varint(7)) {
      to.put("checksum", in.readBool());
    } else if (tag == delimited(8)) {
      ObjectNode since = to.putObject("since").put("epoch", "").put("seq", 0L);
      nested(in, since, ProtoRequests::since);
    } else {
      return false;
    }
    return true;
  }

  private static boolean since(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag == delimited(1)) {
      to.put("epoch", in.readStringRequireUtf8());
    } else if (tag == varint(2)) {
      to.put("seq", in.readInt64());
    } else {
      return false;
    }
    return true;
  }

  private static boolean login(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag == delimited(1)) {
      given(to, "token", in.readStringRequireUtf8());
    } else if (tag == delimited(2)) {
      given(to, "apiKey", in.readStringRequireUtf8());
    } else if (tag == delimited(3)) {
      given(to, "key", in.readStringRequireUtf8());
    } else if (tag == varint(4)) {
      to.put("time", in.readInt64());
    } else if (tag == delimited(5)) {
      to.put("signature", Base64.getEncoder().encodeToString(in.readByteArray()));
    } else {
      return false;
    }
    return true;
  }

  private static boolean heartbeat(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag != varint(1)) {
      return false;
    }
    to.put("every", in.readInt32());
    return true;
  }

  private static boolean find(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag != delimited(1)) {
      return false;
    }
    given(to, "request", in.readStringRequireUtf8());
    return true;
  }

  private static boolean cancel(int tag, CodedInputStream in, ObjectNode to) throws IOException {
    if (tag == varint(1)) {
      to.put("enabled", in.readBool());
    } else if (tag == varint(2)) {
      to.put("grace", in.readInt32());
    } else if (tag == delimited(3)) {
      given(to, "account", in.readStringRequireUtf8());
    } else if (tag == delimited(4)) {
      given(to, "replaces", in.readStringRequireUtf8());
    } else {
      return false;
    }
    return true;
  }

  /** Text that is empty is the same as text that is not there. */
  private static void given(ObjectNode to, String name, String text) {
    if (!text.isEmpty()) {
      to.put(name, text);
    }
  }
}
