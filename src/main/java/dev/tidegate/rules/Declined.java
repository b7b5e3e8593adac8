package dev.tidegate.rules;

import dev.tidegate.problem.Problem;

/** An order that is not carried out, with the reason that the operator gets. */
public final class Declined extends RuntimeException {
  final Problem problem;

  Declined(Problem problem, String detail) {
    super(detail, null, false, false);
    this.problem = problem;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
