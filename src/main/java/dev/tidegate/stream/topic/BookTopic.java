package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Part;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Messages;
import dev.tidegate.stream.encode.PerCodec;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Subject;
import dev.tidegate.stream.encode.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The book of a symbol, whole or its best levels. A view of the best levels makes its own deltas,
 * by comparing its levels before and after, and only for updates that reach them; its messages
 * carry the sequence of the book update that moved it.
 */
public final class BookTopic extends Topic {
  /** A change of the book that is told as a snapshot, which is taken when somebody needs it. */
  private static final Snapshot REPLACED = new Snapshot(List.of(), List.of());

  private static final Snapshot EMPTY = REPLACED;
  public static final int FULL = 0;
  private static final int CHECKED = 10;

  private final int depth;

  /** Whether it stands in for a deeper book that a slow reader has asked for. */
  private final boolean instead;

  private final Book book;
  private final IntFunction<Topic> views;
  private Snapshot shown = EMPTY;
  private final PerCodec<Said> said = new PerCodec<>(Said::new);

  /** What a book's topics have in common. */
  public record Common(
      String symbol, int keep, Book book, Versions versions, IntFunction<Topic> views) {}

  /**
   * @param depth levels; negative for a view that stands in for a deeper book
   */
  public BookTopic(int id, int depth, Common common) {
    super(
        id,
        new Subject(Channel.BOOK, common.symbol, Math.abs(depth), ""),
        common.keep,
        common.versions);
    this.depth = Math.abs(depth);
    this.instead = depth < 0;
    this.views = common.views;
    this.book = common.book;
  }

  public boolean full() {
    return depth == FULL;
  }

  public int depth() {
    return depth;
  }

  /** The same book to at most the depth. */
  public Topic atMost(int most) {
    boolean deeper = most != Integer.MAX_VALUE && (full() || depth > most);
    return deeper ? views.apply(-most) : this;
  }

  public boolean instead() {
    return instead;
  }

  /** The same for all depths of a symbol. */
  public Book book() {
    return book;
  }

  /** Follows the book, which has the update already. */
  @Override
  public void follow(long newSeq, long newTime, Event event) {
    if (full()) {
      add(newSeq, newTime, remembered(event));
      return;
    }
    if (event instanceof Delta delta && !reaches(delta)) {
      return;
    }
    Snapshot before = shown;
    shown = book.snapshot(depth);
    if (event instanceof Snapshot) {
      add(newSeq, newTime, REPLACED);
      return;
    }
    Delta difference = Conflation.difference(before, shown);
    if (!difference.bids().isEmpty() || !difference.asks().isEmpty()) {
      add(newSeq, newTime, difference);
    }
  }

  /** A view starts from the book as it stands. */
  public void look(String newEpoch, long newSeq, long newTime) {
    boolean known = !epoch.isEmpty();
    shown = book.snapshot(depth);
    restart(newEpoch, newSeq, newTime, known);
  }

  @Override
  Event remembered(Event event) {
    return event instanceof Snapshot ? REPLACED : event;
  }

  private boolean reaches(Delta delta) {
    return reaches(delta.bids(), shown.bids(), -1) || reaches(delta.asks(), shown.asks(), 1);
  }

  private boolean reaches(List<Level> changes, List<Level> levels, int outwards) {
    if (changes.isEmpty() || levels.size() < depth) {
      return !changes.isEmpty();
    }
    Level last = levels.getLast();
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).price().compareTo(last.price()) * outwards <= 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void write(int from, boolean each, Shape shape, Text out) {
    Codec codec = shape.codec();
    if (replaced(from)) {
      snapshot(shape, out);
    } else if (shape.extras()) {
      merged(from, ring.at(from).prevSeq, shape, out);
    } else if (each || from == ring.size() - 1) {
      for (int i = from; i < ring.size(); i++) {
        codec.messages.append(written(ring.at(i), codec), out);
        said(ring.at(i).seq, out);
      }
    } else {
      codec.messages.append(mergedOnce(from, codec), out);
      said(seq, out);
    }
  }

  /**
   * Appends what follows a sequence that is not one of this view's own, when the ring begins at or
   * before it.
   */
  public void resume(int from, long since, Shape shape, Text out) {
    if (replaced(from)) {
      snapshot(shape, out);
    } else {
      merged(from, since, shape, out);
    }
  }

  private void merged(int from, long prevSeq, Shape shape, Text out) {
    Messages messages = shape.codec().messages;
    int opened = messages.open(out);
    messages.delta(subject, prevSeq, seq, time, merge(from), out);
    end(shape, ring.size() - from, opened, out);
    said(seq, out);
  }

  @Override
  public void snapshot(Shape shape, Text out) {
    if (seq == 0) {
      return;
    }
    Messages messages = shape.codec().messages;
    Said last = said.of(shape.codec());
    int opened = messages.open(out);
    if (last.snapshotVersion != version) {
      int start = out.length();
      messages.snapshot(subject, numbering(), seq, time, now(), out);
      last.snapshot = out.copyFrom(start);
      last.snapshotVersion = version;
    } else {
      out.raw(last.snapshot);
    }
    end(shape, 0, opened, out);
    begun(seq, out);
  }

  /**
   * Appends the book for one reader as of the last update of the whole book, which may not have
   * reached this view: a reader who comes from another depth must not be sent back. Returns that
   * sequence; this view's next change has to be told to the reader as following it.
   */
  public long fresh(Shape shape, Text out) {
    long whole = full() ? seq : Math.max(seq, views.apply(FULL).seq);
    if (whole == seq) {
      snapshot(shape, out);
    } else {
      Messages messages = shape.codec().messages;
      int opened = messages.open(out);
      messages.snapshot(subject, numbering(), whole, time, now(), out);
      end(shape, 0, opened, out);
      begun(whole, out);
    }
    return whole;
  }

  private Snapshot now() {
    return full() ? book.snapshot(Integer.MAX_VALUE) : shown;
  }

  private void end(Shape shape, int merged, int opened, Text out) {
    Messages messages = shape.codec().messages;
    if (shape.checksum()) {
      messages.checksum(checksum(), out);
    }
    meta(shape, merged, out);
    messages.close(opened, out);
  }

  /** CRC-32 of the best ten levels as {@code bid:size:ask:size:...}, level by level. */
  private long checksum() {
    Snapshot top = full() ? book.snapshot(CHECKED) : shown;
    Text text = new Text(512);
    for (int i = 0; i < CHECKED; i++) {
      checked(top.bids(), i, text);
      checked(top.asks(), i, text);
    }
    CRC32 crc = new CRC32();
    crc.update(text.bytes(), 0, text.length());
    return crc.getValue();
  }

  private static void checked(List<Level> side, int index, Text text) {
    if (index < side.size()) {
      text.ascii(text.length() == 0 ? "" : ":").ascii(side.get(index).price().toString());
      text.put(':').ascii(side.get(index).size().toString());
    }
  }

  /** Appends a part of the snapshot, to be read together with the others. */
  public void snapshot(Shape shape, Snapshot whole, Part part, Text out) {
    Messages messages = shape.codec().messages;
    int opened = messages.open(out);
    Snapshot levels = new Snapshot(part.slice(whole.bids()), part.slice(whole.asks()));
    messages.snapshot(subject, numbering(), seq, time, levels, part, out);
    if (shape.checksum() && part.last()) {
      messages.checksum(checksum(), out);
    }
    meta(shape, 0, out);
    messages.close(opened, out);
  }

  /** The whole book as it stands. */
  public Snapshot all() {
    return book.snapshot(Integer.MAX_VALUE);
  }

  /** How many levels the whole book has. */
  public int levels() {
    return book.levels();
  }

  /** Whether who goes on from the version needs a snapshot. */
  public boolean replacedAfter(long from) {
    return replaced(ring.after(from));
  }

  private boolean replaced(int from) {
    for (int i = from; i < ring.size(); i++) {
      Event event = ring.at(i).event;
      if (event == null || event == REPLACED) {
        return true;
      }
    }
    return false;
  }

  private Delta merge(int from) {
    List<Delta> deltas = new ArrayList<>(ring.size() - from);
    for (int i = from; i < ring.size(); i++) {
      if (ring.at(i).event instanceof Delta delta) {
        deltas.add(delta);
      }
    }
    return Conflation.merge(deltas);
  }

  private byte[] mergedOnce(int from, Codec codec) {
    Said last = said.of(codec);
    long first = ring.at(from).version;
    if (first != last.mergedFrom || version != last.mergedTo) {
      last.merged = delta(ring.at(from).prevSeq, seq, time, merge(from), codec);
      last.mergedFrom = first;
      last.mergedTo = version;
    }
    return last.merged;
  }

  private byte[] written(Entry entry, Codec codec) {
    byte[] written = entry.written(codec);
    if (written == null) {
      Delta delta = entry.event instanceof Delta changes ? changes : null;
      written = entry.written(codec, delta(entry.prevSeq, entry.seq, entry.time, delta, codec));
    }
    return written;
  }

  private byte[] delta(long prevSeq, long to, long at, @Nullable Delta delta, Codec codec) {
    Text out = new Text(256);
    int opened = codec.messages.open(out);
    codec.messages.delta(subject, prevSeq, to, at, delta, out);
    codec.messages.close(opened, out);
    return out.copyFrom(0);
  }

  /** What was written lately in one codec, and what it holds. */
  private static final class Said {
    long snapshotVersion = -1;
    byte[] snapshot = new byte[0];
    long mergedFrom = -1;
    long mergedTo = -1;
    byte[] merged = new byte[0];
  }
}
