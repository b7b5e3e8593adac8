package dev.tidegate.stream.encode;

/** Something that we say that is not market data; it can be written in every {@link Form}. */
public interface Reply {
  void write(Form form);
}
