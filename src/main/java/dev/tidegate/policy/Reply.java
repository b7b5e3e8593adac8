package dev.tidegate.policy;

import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** What the gateway itself answers. Further headers go straight to {@code responseHeaders()}. */
public sealed interface Reply {
  /** A document of ours. */
  record Content(int status, CharSequence type, Buffer body) implements Reply {}

  /** A status without a body. */
  record Empty(int status) implements Reply {}

  /**
   * A refusal.
   *
   * @param outcome for a failed forward, whether anything may have been sent
   */
  record Refusal(Problem problem, String detail, @Nullable Outcome outcome) implements Reply {
    public Refusal(Problem problem, String detail) {
      this(problem, detail, null);
    }
  }
}
