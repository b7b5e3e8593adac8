package dev.tidegate.market.feed;

import dev.tidegate.market.book.Drop;
import dev.tidegate.market.book.Placement;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordParser;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.UnreadableRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;

/**
 * Reads the lines of one publisher, and reads on when the owners of their shards have taken them: a
 * shard without an owner holds the publisher back, and not longer than {@link #HOLD}. For one
 * thread, which it blocks.
 */
final class SocketReader {
  /** How long a publisher waits for the owner of a shard; afterwards what comes for it is lost. */
  static final long HOLD = 10_000_000_000L;

  private static final int MAX_LINE = 1 << 20;
  private static final int MOST_OWED = 10_000;
  private static final long PAUSE_MILLIS = 20;
  private static final long ANSWER_SECONDS = 5;

  private final Owners owners;
  private final int shards;
  private final Rejects rejects;
  private final ObjIntConsumer<Drop> drops;
  private final RecordParser parser = new RecordParser();
  private final LongSupplier nanos;
  private final Map<Integer, Long> waiting = new HashMap<>();

  /** Word of the symbols of which something was lost, for their shards' next owners. */
  private final Map<Integer, Map<String, FeedRecord>> owed = new HashMap<>();

  private byte[] buffer = new byte[1 << 16];
  private long line;

  /** What became of an offer. */
  enum Offer {
    TAKEN,
    /** The shard has no owner there. */
    REFUSED,
    /** Nobody knows whether it was taken. */
    UNANSWERED
  }

  /** Those who take the records of shards. Safe from any thread. */
  interface Owners {
    boolean isHere(int shard);

    Future<Offer> here(int shard, List<FeedRecord> records);

    Future<Offer> elsewhere(int shard, List<String> lines);

    /** Whether there is no use in offering anything any more. */
    boolean closed();
  }

  /** What one read brought for one shard. */
  private static final class Lines {
    final int shard;
    final List<FeedRecord> records = new ArrayList<>();
    final List<String> lines = new ArrayList<>(0);
    final List<int[]> places = new ArrayList<>();
    final int doubts;

    Lines(int shard, Collection<FeedRecord> doubts) {
      this.shard = shard;
      this.doubts = doubts.size();
      records.addAll(doubts);
    }

    int count() {
      return records.size() - doubts;
    }

    List<String> text(byte[] buffer) {
      if (lines.isEmpty()) {
        for (FeedRecord doubt : records.subList(0, doubts)) {
          lines.add(new String(RecordWriter.write(doubt), StandardCharsets.UTF_8));
        }
        for (int[] place : places) {
          lines.add(new String(buffer, place[0], place[1], StandardCharsets.UTF_8));
        }
      }
      return lines;
    }
  }

  SocketReader(
      Owners owners, int shards, Rejects rejects, ObjIntConsumer<Drop> drops, LongSupplier nanos) {
    this.owners = owners;
    this.shards = shards;
    this.rejects = rejects;
    this.drops = drops;
    this.nanos = nanos;
  }

  /** Until the publisher ends. */
  void read(InputStream in) throws IOException, InterruptedException {
    int filled = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer, filled, buffer.length - filled)) {
      filled += n;
      Map<Integer, Lines> lines = new HashMap<>();
      int used = take(lines, filled);
      pass(new ArrayList<>(lines.values()));
      System.arraycopy(buffer, used, buffer, 0, filled - used);
      filled -= used;
      if (filled == buffer.length) {
        if (filled >= MAX_LINE) {
          rejects.add("socket", line, "line: over " + MAX_LINE + " bytes");
          return;
        }
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
    }
    if (filled > 0) {
      rejects.add("socket", line + 1, "line: not ended (expected a line feed)");
    }
  }

  /** How many bytes were whole lines. */
  private int take(Map<Integer, Lines> lines, int filled) {
    int from = 0;
    for (int i = 0; i < filled; i++) {
      if (buffer[i] == '\n') {
        line++;
        if (i > from) {
          takeLine(lines, from, i - from);
        }
        from = i + 1;
      }
    }
    return from;
  }

  private void takeLine(Map<Integer, Lines> lines, int from, int length) {
    FeedRecord record;
    try {
      record = parser.parse(buffer, from, length);
    } catch (IllegalArgumentException e) {
      record = UnreadableRecord.instead(e);
      if (record == null || owners.isHere(Placement.shard(record.symbol(), shards))) {
        rejects.add("socket", line, String.valueOf(e.getMessage()));
      }
      if (record == null) {
        return; // of another shard's record its owner finds out by itself
      }
    }
    Lines of = lines.computeIfAbsent(Placement.shard(record.symbol(), shards), this::lines);
    of.records.add(record);
    of.places.add(new int[] {from, length});
  }

  private Lines lines(int shard) {
    return new Lines(shard, owed.getOrDefault(shard, Map.of()).values());
  }

  /** Until everything is taken, or lost. */
  private void pass(List<Lines> lines) throws InterruptedException {
    while (!lines.isEmpty() && !owners.closed()) {
      offer(lines, true);
      offer(lines, false);
      long now = nanos.getAsLong();
      for (Lines each : List.copyOf(lines)) {
        if (now - waiting.computeIfAbsent(each.shard, shard -> now) >= HOLD) {
          lost(each, Drop.NO_OWNER);
          lines.remove(each);
        }
      }
      if (!lines.isEmpty()) {
        Thread.sleep(PAUSE_MILLIS);
      }
    }
    for (Lines each : lines) {
      lost(each, Drop.NO_OWNER);
    }
  }

  private void lost(Lines lines, Drop why) {
    drops.accept(why, lines.count());
    Map<String, FeedRecord> doubts = owed.computeIfAbsent(lines.shard, s -> new HashMap<>());
    for (FeedRecord record : lines.records) {
      if (doubts.size() < MOST_OWED || doubts.containsKey(record.symbol())) {
        String detail = "the owner of its shard did not take it (" + why.text() + ")";
        FeedRecord doubt = UnreadableRecord.missed(record.symbol(), record.time(), detail);
        doubts.put(record.symbol(), doubt);
      }
    }
  }

  /** To all shards at a time, here or elsewhere; what is left was refused. */
  private void offer(List<Lines> lines, boolean here) throws InterruptedException {
    Map<Lines, Future<Offer>> offers = new HashMap<>();
    for (Lines each : lines) {
      if (!here) {
        offers.put(each, owners.elsewhere(each.shard, each.text(buffer)));
      } else if (owners.isHere(each.shard)) {
        offers.put(each, owners.here(each.shard, each.records));
      }
    }
    for (Map.Entry<Lines, Future<Offer>> each : offers.entrySet()) {
      Offer outcome = outcome(each.getValue());
      Lines of = each.getKey();
      switch (outcome) {
        case TAKEN -> owed.remove(of.shard);
        case UNANSWERED -> lost(of, Drop.UNANSWERED); // to offer it twice would be worse
        case REFUSED -> {
          continue;
        }
      }
      waiting.remove(of.shard);
      lines.remove(of);
    }
  }

  private static Offer outcome(Future<Offer> offer) throws InterruptedException {
    try {
      return offer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return Offer.UNANSWERED;
    }
  }
}
