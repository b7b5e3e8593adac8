package dev.tidegate.stream;

/** Something that we say that is not market data; it can be written in every {@link Form}. */
interface Reply {
  void write(Form form);
}
