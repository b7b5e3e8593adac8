package dev.tidegate.stream.door;

import dev.tidegate.problem.Problem;
import java.util.Map;

/** Somebody is not let in: what the upgrade request is answered with. */
final class NotAdmitted extends Exception {
  final Problem problem;
  final transient Map<String, String> headers;

  NotAdmitted(Problem problem, String detail) {
    this(problem, detail, Map.of());
  }

  NotAdmitted(Problem problem, String detail, Map<String, String> headers) {
    super(detail, null, false, false);
    this.problem = problem;
    this.headers = headers;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
