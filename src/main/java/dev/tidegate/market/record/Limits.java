package dev.tidegate.market.record;

import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Part;
import org.jspecify.annotations.Nullable;

/** What a record may hold, whatever the form that it comes in, and how it is told what is wrong. */
final class Limits {
  static final int SYMBOL = 64;
  static final int TEXT = 256;
  static final int LEVELS = 200_000;
  static final int PARTS = 1_000;

  /** Shorter than what a decimal may have, so that volumes have room to grow. */
  static final int DECIMAL = 32;

  private Limits() {}

  static State state(String text) {
    State state = State.named(text);
    if (state == null) {
      throw bad("state", text, "live, delayed, halted or maintenance");
    }
    return state;
  }

  /** Which part of a snapshot a record is; a record that does not say is all of it. */
  static Part part(Event event, long number, long of) {
    if (number < 0 && of < 0) {
      return Part.ALL;
    }
    if (!(event instanceof Snapshot)) {
      throw bad("part", number, "none, since only a snapshot comes in parts");
    }
    if (number < 1 || number > of || of > PARTS) {
      throw bad("part", number + " of " + of, "1 to parts, and at most " + PARTS + " parts");
    }
    return new Part((int) number, (int) of);
  }

  static String bounded(String name, String text, int most) {
    if (text.length() > most) {
      throw bad(name, text.length() + " characters", "at most " + most);
    }
    return text;
  }

  /** Free text; nothing is the same as empty. */
  static String bounded(String name, @Nullable String text) {
    return text == null ? "" : bounded(name, text, TEXT);
  }

  static <T> T given(String name, @Nullable T value) {
    if (value == null) {
      throw bad(name, "missing", "a value");
    }
    return value;
  }

  static IllegalArgumentException bad(String name, @Nullable Object value, String expected) {
    return new IllegalArgumentException(name + ": " + value + " (expected " + expected + ")");
  }
}
