package dev.tidegate.rules;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A store whose answers take as long as a test wants: nothing happens until {@link #settle}, and
 * then in a random order.
 */
final class MemoryStore implements RuleStore {
  final Map<String, String> map = new HashMap<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private final Random random;
  long version;
  int wholeReads;
  boolean broken;

  MemoryStore(long seed) {
    random = new Random(seed);
  }

  private <T> Future<T> later(Supplier<T> work) {
    Promise<T> promise = Promise.promise();
    waiting.add(
        () -> {
          if (broken) {
            promise.fail("the store is away");
          } else {
            promise.complete(work.get());
          }
        });
    return promise.future();
  }

  void settle() {
    while (!waiting.isEmpty()) {
      waiting.remove(random.nextInt(waiting.size())).run();
    }
  }

  @Override
  public Future<Long> version() {
    return later(() -> version);
  }

  @Override
  public Future<Long> advance() {
    return later(() -> ++version);
  }

  @Override
  public Future<Map<String, String>> entries() {
    return later(
        () -> {
          wholeReads++;
          return Map.copyOf(map);
        });
  }

  @Override
  public Future<String> get(String key) {
    return later(() -> map.get(key));
  }

  @Override
  public Future<Boolean> replace(String key, String expected, String value) {
    return later(
        () ->
            expected == null
                ? map.putIfAbsent(key, value) == null
                : map.replace(key, expected, value));
  }

  @Override
  public Future<Boolean> remove(String key, String expected) {
    return later(() -> map.remove(key, expected));
  }

  @Override
  public Future<Void> restore(long lost, Map<String, String> entries) {
    return later(
        () -> {
          entries.forEach(map::putIfAbsent);
          version = Math.max(version, lost);
          return null;
        });
  }
}
