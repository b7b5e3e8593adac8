package dev.tidegate.stream.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A request that is not done, with the code and the explanation that the client gets. */
public final class Refusal extends Exception {
  public static final String MALFORMED = "malformed-json";
  public static final String UNREADABLE = "malformed-protobuf";
  public static final String UNKNOWN_OP = "unknown-op";
  public static final String BAD_REQUEST = "bad-request";
  public static final String UNKNOWN_SYMBOL = "unknown-symbol";
  public static final String UNKNOWN_CHANNEL = "unknown-channel";
  public static final String UNKNOWN_REQUEST = "unknown-request";
  public static final String NOT_ENTITLED = "not-entitled";
  public static final String UNAUTHENTICATED = "unauthenticated";
  public static final String LIMIT = "limit";
  public static final String NOT_SUBSCRIBED = "not-subscribed";
  public static final String UNAVAILABLE = "unavailable";

  public final String code;
  final String op;
  final transient @Nullable JsonNode id;

  public Refusal(String code, String detail, String op, @Nullable JsonNode id) {
    super(detail, null, false, false);
    this.code = code;
    this.op = op;
    this.id = id;
  }

  public Refusal(String code, String detail) {
    this(code, detail, "", null);
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  /** Whether the client does not speak the protocol, as against asking for what it may not have. */
  public boolean nonsense() {
    return switch (code) {
      case MALFORMED, UNREADABLE, UNKNOWN_OP, BAD_REQUEST -> true;
      default -> false;
    };
  }

  /** The same answer as another refusal's, of a message that could not be read. */
  public Refusal answering(Refusal unread) {
    return answering(unread.op, unread.id);
  }

  public Refusal answering(String toOp, @Nullable JsonNode toId) {
    return new Refusal(code, detail(), toOp, toId);
  }
}
