package dev.tidegate.stream.deadman;

/**
 * The command that cancels the orders of a session that is gone.
 *
 * @param topic the command topic
 * @param path the path that workers see, as in {@code /v1/orders}
 */
public record CancelCommand(String topic, String route, String path) {}
