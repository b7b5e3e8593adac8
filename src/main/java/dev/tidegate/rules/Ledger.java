package dev.tidegate.rules;

import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes one rule in the store. What is replaced is what was seen: when somebody else was faster
 * the change is made again on top of theirs, so that neither is lost.
 */
final class Ledger {
  private static final int TRIES = 50;

  private final RuleStore store;

  Ledger(RuleStore store) {
    this.store = store;
  }

  /** One change: the rule that was there and the one that is; null for none. */
  record Change(@Nullable Rule before, @Nullable Rule after) {}

  /** A change that begins with what is there; it may be asked more than once. */
  interface Order extends UnaryOperator<@Nullable Rule> {}

  /** Carries the order out; {@code room} says whether there may be one more of the kind. */
  Future<Change> change(Rule.Kind kind, String id, boolean room, Order order) {
    return attempt(kind, id, room, order, 1);
  }

  private Future<Change> attempt(Rule.Kind kind, String id, boolean room, Order order, int tries) {
    String key = RuleJson.key(kind, id);
    return store
        .get(key)
        .compose(
            text -> {
              Rule before = text == null ? null : RuleJson.read(key, text);
              Rule after = order.apply(before);
              check(text == null && after != null && !room, kind);
              return write(key, text, after)
                  .compose(
                      mine ->
                          mine
                              ? Future.succeededFuture(new Change(before, after))
                              : again(kind, id, room, order, tries));
            });
  }

  private Future<Boolean> write(String key, @Nullable String text, @Nullable Rule after) {
    if (after != null) {
      return store.replace(key, text, RuleJson.write(after));
    }
    return text == null ? Future.succeededFuture(true) : store.remove(key, text);
  }

  private Future<Change> again(Rule.Kind kind, String id, boolean room, Order order, int tries) {
    return tries < TRIES
        ? attempt(kind, id, room, order, tries + 1)
        : Future.failedFuture(new Declined(Problem.CONFLICT, "others change the same; try again"));
  }

  private static void check(boolean full, Rule.Kind kind) {
    if (full) {
      throw new Declined(
          Problem.CONFLICT,
          kind.text() + ": " + kind.most() + " are in force (expected fewer; lift some)");
    }
  }
}
