package dev.tidegate.market.record;

import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the snapshots of one shard together that come in several records, since a topic's records
 * are bounded. A symbol's parts follow each other: what else comes of it ends the snapshot that was
 * begun. Not thread-safe.
 */
public final class SnapshotParts {
  /** Snapshots that may have begun and not ended; of more, the oldest is let go. */
  private static final int MOST = 64;

  private final SequencedMap<String, Begun> begun = new LinkedHashMap<>();

  private static final class Begun {
    final Part first;
    final long sourceSeq;
    final List<Level> bids = new ArrayList<>();
    final List<Level> asks = new ArrayList<>();
    int had;

    Begun(FeedRecord record) {
      first = record.part();
      sourceSeq = record.sourceSeq();
    }

    boolean continuedBy(FeedRecord record) {
      return record.part().of() == first.of()
          && record.part().number() == had + 1
          && record.sourceSeq() == sourceSeq;
    }

    void add(Snapshot levels) {
      had++;
      bids.addAll(levels.bids());
      asks.addAll(levels.asks());
    }
  }

  /**
   * The record, or the whole snapshot when the record is its last part; null when more parts are to
   * come. An {@link UnreadableRecord} says that a part does not follow the one before.
   */
  public @Nullable FeedRecord take(FeedRecord record) {
    if (record.part().only()) {
      if (!begun.isEmpty()) {
        begun.remove(record.symbol());
      }
      return record;
    }
    Begun known = begun.get(record.symbol());
    if (record.part().number() == 1) {
      known = begin(record);
    } else if (known == null || !known.continuedBy(record)) {
      begun.remove(record.symbol());
      throw unreadable(record, "part", text(record.part()), expected(known));
    }
    known.add((Snapshot) record.event());
    if (Math.max(known.bids.size(), known.asks.size()) > Limits.LEVELS) {
      begun.remove(record.symbol());
      throw unreadable(record, "levels", "more", "at most " + Limits.LEVELS);
    }
    if (!record.part().last()) {
      return null;
    }
    begun.remove(record.symbol());
    Snapshot whole = new Snapshot(known.bids, known.asks);
    return new FeedRecord(record.symbol(), record.time(), record.sourceSeq(), whole);
  }

  private Begun begin(FeedRecord record) {
    begun.remove(record.symbol());
    if (begun.size() == MOST) {
      begun.pollFirstEntry();
    }
    Begun anew = new Begun(record);
    begun.put(record.symbol(), anew);
    return anew;
  }

  private static String text(Part part) {
    return part.number() + " of " + part.of();
  }

  private static String expected(@Nullable Begun known) {
    return known == null
        ? "the first one first, and nothing else of the symbol between"
        : known.had + 1 + " of " + known.first.of() + " with the same sourceSeq";
  }

  private static UnreadableRecord unreadable(
      FeedRecord record, String name, String value, String expected) {
    return new UnreadableRecord(
        Limits.bad(name, value, expected), record.symbol(), true, record.time());
  }

  /** A snapshot as records of no more than so many levels of each side; anything else as it is. */
  public static List<FeedRecord> split(FeedRecord record, int levels) {
    if (!(record.event() instanceof Snapshot book)) {
      return List.of(record);
    }
    int most = Math.max(book.bids().size(), book.asks().size());
    int parts = Math.max(1, (most + levels - 1) / levels);
    List<FeedRecord> records = new ArrayList<>(parts);
    for (int i = 1; i <= parts; i++) {
      Part part = new Part(i, parts);
      Snapshot some = new Snapshot(part.slice(book.bids()), part.slice(book.asks()));
      records.add(
          new FeedRecord(
              record.symbol(), record.time(), record.sourceSeq(), some, record.withdrawn(), part));
    }
    return records;
  }
}
