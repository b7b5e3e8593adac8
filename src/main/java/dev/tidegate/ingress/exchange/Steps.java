package dev.tidegate.ingress.exchange;

import dev.tidegate.policy.OnFailure;
import java.util.List;
import java.util.function.Consumer;

/** What an exchange passes on its way in, and on its way out again. Serves one event loop. */
public final class Steps {
  /** What happens after all policies, as metrics and the log call it. */
  private static final String TARGET = "target";

  private static final String READING = "reading";
  private static final String WRITING = "writing";

  private final Step[] steps;
  private final Consumer<HttpExchange> target;
  private final Faults faults;

  /** These policies, and then the target for those whom they let pass. */
  public Steps(List<Step> steps, Consumer<HttpExchange> target, Faults faults) {
    this.steps = steps.toArray(Step[]::new);
    this.target = target;
    this.faults = faults;
    steps.forEach(step -> faults.expect(step.name()));
    List.of(TARGET, READING, WRITING).forEach(faults::expect);
  }

  void next(HttpExchange x) {
    int step = x.step++;
    if (step < steps.length) {
      steps[step].policy().apply(x, x);
    } else {
      target.accept(x);
    }
  }

  /** Whether the target has it, which may have sent it on. */
  boolean passed(HttpExchange x) {
    return x.step > steps.length;
  }

  /** Not even an exchange could be made of the request. */
  void unread(Throwable why) {
    faults.tell(READING, OnFailure.CLOSED, "", why);
  }

  /** An answer could not be written. */
  void unwritten(HttpExchange x, Throwable why) {
    faults.tell(WRITING, OnFailure.CLOSED, x.requestId(), why);
  }

  /** What becomes of the exchange when the one at this place fails. */
  OnFailure failed(int at, HttpExchange x, Throwable why) {
    boolean policy = at >= 0 && at < steps.length;
    OnFailure then = policy ? steps[at].onFailure().of(x) : OnFailure.CLOSED;
    faults.tell(policy ? steps[at].name() : TARGET, then, x.requestId(), why);
    return then;
  }

  /**
   * Lets those that were reached see the answer's head. What one throws that must not fail is
   * thrown when all have seen it.
   *
   * @param last whether the answer is the one that says that something failed
   */
  @SuppressWarnings("CatchThrowable") // the others see the head in any case
  void head(HttpExchange x, boolean last) {
    HeadRefused refused = null;
    for (int i = Math.min(x.step, steps.length) - 1; i >= 0; i--) {
      try {
        steps[i].policy().onHead(x);
      } catch (Throwable e) {
        if (!last && failed(i, x, e) == OnFailure.CLOSED) {
          refused = new HeadRefused(e);
        }
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  /** Tells those that were reached that the exchange is over. */
  @SuppressWarnings("CatchThrowable") // the others are told in any case
  void end(HttpExchange x) {
    for (int i = Math.min(x.step, steps.length) - 1; i >= 0; i--) {
      try {
        steps[i].policy().onEnd(x);
      } catch (Throwable e) {
        failed(i, x, e);
      }
    }
  }

  /** An answer may not leave, as a policy failed that had to see its head. It has been told. */
  static final class HeadRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    HeadRefused(Throwable why) {
      super(null, why, false, false);
    }
  }
}
