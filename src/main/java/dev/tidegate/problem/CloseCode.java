package dev.tidegate.problem;

/**
 * Every WebSocket close code that we send. 4000-4499: reconnecting is welcome. 4500-4999: do not
 * come back unchanged. The SDKs copy this table.
 */
public enum CloseCode {
  NORMAL(1000, "normal"),
  PROTOCOL_ERROR(1002, "protocol error"),
  UNSUPPORTED_DATA(1003, "unsupported data"),
  INVALID_PAYLOAD(1007, "invalid payload"),
  TOO_BIG(1009, "message too big"),
  INTERNAL(1011, "internal error"),
  DRAIN(4001, "drain"),
  SLOW_CONSUMER(4002, "slow consumer"),
  IDLE(4003, "idle"),
  FEED_LOST(4004, "node lost its feed"),
  STORM(4005, "reconnecting too often"),
  CANCELLED(4006, "orders are cancelled"),
  UNHEARD(4007, "not heard"),
  BAD_PROTOCOL(4501, "bad protocol"),
  UNAUTHENTICATED(4502, "unauthenticated"),
  LIMIT(4503, "limit"),
  BANNED(4504, "banned");

  private final int code;
  private final String reason;

  CloseCode(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  public int code() {
    return code;
  }

  public String reason() {
    return reason;
  }
}
