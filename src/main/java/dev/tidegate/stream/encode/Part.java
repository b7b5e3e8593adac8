package dev.tidegate.stream.encode;

/**
 * Which part of a snapshot a message is.
 *
 * @param number from 1
 */
public record Part(int number, int of) {
  public static final Part ALL = new Part(1, 1);

  public boolean only() {
    return of == 1;
  }

  public boolean last() {
    return number == of;
  }

  /** Where the part begins of something so large; {@link #to} is where it ends. */
  public int from(int size) {
    return (int) ((long) size * (number - 1) / of);
  }

  public int to(int size) {
    return (int) ((long) size * number / of);
  }
}
