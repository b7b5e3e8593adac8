package dev.tidegate.stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A request that is not done, with the code and the explanation that the client gets. */
final class Refusal extends Exception {
  static final String MALFORMED = "malformed-json";
  static final String UNREADABLE = "malformed-protobuf";
  static final String UNKNOWN_OP = "unknown-op";
  static final String BAD_REQUEST = "bad-request";
  static final String UNKNOWN_SYMBOL = "unknown-symbol";
  static final String UNKNOWN_CHANNEL = "unknown-channel";
  static final String UNKNOWN_REQUEST = "unknown-request";
  static final String NOT_ENTITLED = "not-entitled";
  static final String UNAUTHENTICATED = "unauthenticated";
  static final String LIMIT = "limit";
  static final String NOT_SUBSCRIBED = "not-subscribed";
  static final String UNAVAILABLE = "unavailable";

  final String code;
  final String op;
  final transient @Nullable JsonNode id;

  Refusal(String code, String detail, String op, @Nullable JsonNode id) {
    super(detail, null, false, false);
    this.code = code;
    this.op = op;
    this.id = id;
  }

  Refusal(String code, String detail) {
    this(code, detail, "", null);
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  /** Whether the client does not speak the protocol, as against asking for what it may not have. */
  boolean nonsense() {
    return switch (code) {
      case MALFORMED, UNREADABLE, UNKNOWN_OP, BAD_REQUEST -> true;
      default -> false;
    };
  }

  Refusal answering(String toOp, @Nullable JsonNode toId) {
    return new Refusal(code, detail(), toOp, toId);
  }
}
