package dev.tidegate.smuggling;

import java.util.Random;

/** Choices that a seed repeats. */
final class Choices {
  private final Random random;

  Choices(long seed) {
    random = new Random(seed);
  }

  /** One of so many cases. */
  boolean one(int in) {
    return random.nextInt(in) == 0;
  }

  int below(int end) {
    return random.nextInt(end);
  }

  String of(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
