package dev.tidegate.bus;

/** A place on the event bus and the one type of message that may be sent there. */
public record Address<T>(String name, Class<T> type) {}
