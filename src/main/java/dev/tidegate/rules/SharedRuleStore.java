package dev.tidegate.rules;

import io.vertx.core.Future;
import io.vertx.core.shareddata.AsyncMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules in a map that the cluster's nodes hold together; a node of its own holds it alone. */
final class SharedRuleStore implements RuleStore {
  /** The name of the map, as in {@code cluster.xml}. */
  static final String NAME = "tidegate.rules";

  private static final String VERSION = "version";

  private final AsyncMap<String, String> map;

  SharedRuleStore(AsyncMap<String, String> map) {
    this.map = map;
  }

  @Override
  public Future<Long> version() {
    return map.get(VERSION).map(SharedRuleStore::number);
  }

  private static long number(@Nullable String text) {
    return text == null ? 0 : Long.parseLong(text);
  }

  @Override
  public Future<Long> advance() {
    return map.get(VERSION)
        .compose(
            before -> {
              long next = number(before) + 1;
              return replace(VERSION, before, Long.toString(next))
                  .compose(mine -> mine ? Future.succeededFuture(next) : advance());
            });
  }

  @Override
  public Future<Map<String, String>> entries() {
    return map.entries()
        .map(
            all -> {
              Map<String, String> rules = new HashMap<>(all);
              rules.remove(VERSION);
              return rules;
            });
  }

  @Override
  public Future<@Nullable String> get(String key) {
    return map.get(key);
  }

  @Override
  public Future<Boolean> replace(String key, @Nullable String expected, String value) {
    return expected == null
        ? map.putIfAbsent(key, value).map(before -> before == null)
        : map.replaceIfPresent(key, expected, value);
  }

  @Override
  public Future<Boolean> remove(String key, String expected) {
    return map.removeIfPresent(key, expected);
  }

  @Override
  public Future<Void> restore(long version, Map<String, String> entries) {
    List<Future<?>> all = new ArrayList<>();
    entries.forEach((key, value) -> all.add(map.putIfAbsent(key, value)));
    return Future.all(all)
        .compose(done -> map.putIfAbsent(VERSION, Long.toString(version)))
        .mapEmpty();
  }
}
