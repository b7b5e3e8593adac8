package dev.tidegate.bus;

/** A place on the event bus and the one type of message that may be sent there. */
public record Address<T>(String name, Class<T> type) {
  /** Where instances of the asker's own JVM answer the same questions. */
  public Address<T> here() {
    return new Address<>(name + ".here", type);
  }
}
