package dev.tidegate.stream.encode;

/**
 * What we say that is not market data: a reply or a notice. It can be written in every {@link
 * Form}.
 */
public interface Statement {
  void write(Form form);
}
