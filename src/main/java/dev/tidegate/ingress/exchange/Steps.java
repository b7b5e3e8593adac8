package dev.tidegate.ingress.exchange;

import dev.tidegate.policy.Policy;
import java.util.List;
import java.util.function.Consumer;

/** What an exchange passes on its way in, and on its way out again. Serves one event loop. */
public final class Steps {
  private final Policy[] policies;
  private final Consumer<HttpExchange> target;

  /** These policies, and then the target for those whom they let pass. */
  public Steps(List<Policy> policies, Consumer<HttpExchange> target) {
    this.policies = policies.toArray(Policy[]::new);
    this.target = target;
  }

  void next(HttpExchange x) {
    int step = x.step++;
    if (step < policies.length) {
      policies[step].apply(x, x);
    } else {
      target.accept(x);
    }
  }

  /** Lets those that were reached see the answer's head. */
  void head(HttpExchange x) {
    for (int i = Math.min(x.step, policies.length) - 1; i >= 0; i--) {
      policies[i].onHead(x);
    }
  }

  /** Tells those that were reached that the exchange is over. */
  void end(HttpExchange x) {
    for (int i = Math.min(x.step, policies.length) - 1; i >= 0; i--) {
      policies[i].onEnd(x);
    }
  }
}
