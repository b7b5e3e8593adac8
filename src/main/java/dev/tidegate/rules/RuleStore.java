package dev.tidegate.rules;

import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the rules of the cluster are kept: one entry for each, and the number of the version.
 * Futures complete on the caller's event loop.
 */
interface RuleStore {
  /** 0 before the first change, or after everything was lost. */
  Future<Long> version();

  /** Makes the next version and gives its number. */
  Future<Long> advance();

  /** Every entry by its key. */
  Future<Map<String, String>> entries();

  Future<@Nullable String> get(String key);

  /** Replaces what is expected, null for nothing, and says whether that was there. */
  Future<Boolean> replace(String key, @Nullable String expected, String value);

  /** Removes what is expected and says whether that was there. */
  Future<Boolean> remove(String key, String expected);

  /** Puts back what was lost, unless somebody else was faster. */
  Future<Void> restore(long version, Map<String, String> entries);
}
