package dev.tidegate.policy;

/** What a request occupies until its answer begins. Exactly one of its methods is called, once. */
public interface Permit {
  /** The answer begins, whoever gives it. */
  void answered(int status);

  /** The request is over without an answer. */
  void abandoned();
}
