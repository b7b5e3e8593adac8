package dev.tidegate.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found wrong with values that were read: with what they say of one another, and with the
 * files that they name.
 */
public final class Mistakes {
  private final String prefix;
  private final List<Mistake> found;

  /**
   * One of them.
   *
   * @param path as in {@code routes[2].upstream}
   * @param problem {@code value (expected ...)}
   */
  public record Mistake(String path, String problem) {}

  public Mistakes() {
    this("", new ArrayList<>());
  }

  private Mistakes(String prefix, List<Mistake> found) {
    this.prefix = prefix;
    this.found = found;
  }

  /** The same list for what is below the path. */
  public Mistakes at(String path) {
    return new Mistakes(prefix + path + ".", found);
  }

  public void add(String path, @Nullable Object value, String expected) {
    String text = value == null ? "missing" : value.toString();
    found.add(new Mistake(prefix + path, text + " (expected " + expected + ")"));
  }

  /** One that says {@code path: problem} already, as {@link Check} does. */
  public void add(IllegalArgumentException refusal) {
    String message = String.valueOf(refusal.getMessage());
    int end = Math.max(0, message.indexOf(": "));
    found.add(new Mistake(prefix + message.substring(0, end), message.substring(end + 2)));
  }

  /** One unless the value is fine. */
  public void unless(boolean fine, String path, @Nullable Object value, String expected) {
    if (!fine) {
      add(path, value, expected);
    }
  }

  public List<Mistake> found() {
    return List.copyOf(found);
  }
}
