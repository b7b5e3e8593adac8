package dev.tidegate.bus;

import java.util.List;

/**
 * Which part of a snapshot a message or a record of the feed is.
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

  /** What belongs to the part of all that there is, when all parts have about as much. */
  public <T> List<T> slice(List<T> all) {
    long size = all.size();
    return all.subList((int) (size * (number - 1) / of), (int) (size * number / of));
  }
}
