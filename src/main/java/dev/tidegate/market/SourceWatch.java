package dev.tidegate.market;

import dev.tidegate.loop.Loop;
import dev.tidegate.market.feed.Layout;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks how the source is divided until it is told, however long the broker is away, and then
 * whether it is still so. A broker may lag behind the others: what cannot have come about (fewer
 * partitions, a topic that was replaced before) is not believed, and what is missing has to be
 * missed twice. For one event loop.
 */
final class SourceWatch {
  private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int MISSED = 2;
  private static final int REMIND = 60;

  /** Hears what becomes of the source. */
  interface Changes {
    /** It is divided so now; it may have been missing. */
    void became(Layout now);

    void missing();
  }

  private final Loop loop;
  private final Supplier<Future<Layout>> finding;
  private boolean closed;
  private int missed;
  private @Nullable String replaced;

  SourceWatch(Loop loop, Supplier<Future<Layout>> finding) {
    this.loop = loop;
    this.finding = finding;
  }

  void whenKnown(Consumer<Layout> then) {
    if (!closed) {
      finding
          .get()
          .onSuccess(
              layout -> {
                if (!closed) {
                  then.accept(layout);
                }
              })
          .onFailure(
              e -> {
                LOG.atWarn().addKeyValue("reason", e).log("number of shards not known yet");
                loop.after(EVERY, () -> whenKnown(then));
              });
    }
  }

  /** Asks again and again; who does not answer has said nothing. */
  void follow(Layout known, Supplier<Future<Optional<Layout>>> looking, Changes changes) {
    loop.after(
        EVERY,
        () -> {
          if (!closed) {
            looking
                .get()
                .map(seen -> closed ? known : judge(known, seen.orElse(null), changes))
                .otherwise(known)
                .onSuccess(now -> follow(now, looking, changes));
          }
        });
  }

  private Layout judge(Layout known, @Nullable Layout seen, Changes changes) {
    if (seen == null) {
      missed++;
      if (missed == MISSED || missed % REMIND == 0) {
        changes.missing();
      }
      return known;
    }
    boolean same = seen.id().equals(known.id());
    boolean lags = same && !seen.id().isEmpty() && seen.shards() < known.shards();
    if (lags || seen.id().equals(replaced)) {
      return known;
    }
    boolean back = missed >= MISSED;
    missed = 0;
    if (!same) {
      replaced = known.id();
    }
    if (back || !seen.equals(known)) {
      changes.became(seen);
    }
    return seen;
  }

  void close() {
    closed = true;
  }
}
