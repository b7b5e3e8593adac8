package dev.tidegate.stream.fanout;

import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Part;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Text;
import dev.tidegate.stream.topic.BookTopic;
import dev.tidegate.stream.topic.Topic;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What joiners of a large book are given: one picture for all who come about the same time, however
 * many do not read it, and each goes on from the picture's version by deltas. A picture is used
 * again as long as what follows it is little beside the book.
 */
public final class Pictures {
  /** Levels below which everybody gets a copy together with whatever else there is to say. */
  private static final int LARGE = 400;

  /** A level takes no more bytes of a message than that. */
  private static final int LEVEL = 80;

  /** What follows a picture is so much less than the book, or no more than so many updates. */
  private static final int LITTLE = 8;

  private static final int FEW = 16;

  /** A picture that states an age is not used again later than that. */
  private static final long AGED_MILLIS = 1_000;

  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final Sizes sizes;
  private final Loop loop;
  private final Frames frames;
  private final Map<Key, Picture> latest = new HashMap<>();
  private final List<Picture> live = new ArrayList<>();
  private final Text scratch = new Text(4096);
  private final Runnable sweeping = this::sweep;

  private record Key(BookTopic book, Shape shape) {}

  /**
   * Which books are large.
   *
   * @param levels of a book that is worth a picture
   * @param part the most bytes of one message of it
   */
  public record Sizes(int levels, int part) {
    public static Sizes parts(int bytes) {
      return new Sizes(Math.min(LARGE, bytes / LEVEL), bytes);
    }
  }

  Pictures(Loop loop, Frames frames, Sizes sizes) {
    this.sizes = sizes;
    this.loop = loop;
    this.frames = frames;
  }

  /** Whether the topic's readers are given pictures. */
  private @Nullable BookTopic large(Topic topic) {
    return topic instanceof BookTopic book && book.full() && book.levels() >= sizes.levels
        ? book
        : null;
  }

  /** Whether who goes on from the version is given a picture. */
  boolean needed(Topic topic, long from) {
    BookTopic book = large(topic);
    return book != null && book.replacedAfter(from);
  }

  /**
   * The picture for a reader who has seen nothing after the version; null when the topic has none.
   */
  @Nullable Picture of(Topic topic, long seen, Shape shape) {
    BookTopic book = large(topic);
    if (book == null || book.seq == 0) {
      return null;
    }
    Key key = key(book, shape);
    Picture known = latest.get(key);
    if (known == null || !good(known, seen, shape)) {
      known = take(book, shape);
      latest.put(key, known);
    }
    return known;
  }

  /** The sequence at which a reader begins who has seen nothing after the version. */
  long begins(Topic topic, long seen, Shape shape) {
    BookTopic book = large(topic);
    Picture known = book == null ? null : latest.get(key(book, shape));
    return known != null && good(known, seen, shape) ? known.seq : topic.seq;
  }

  private static Key key(BookTopic book, Shape shape) {
    int window = shape.meta() ? shape.window() : 0;
    Shape plain =
        new Shape(
            window,
            0,
            shape.meta(),
            shape.checksum(),
            shape.deflate(),
            shape.codec(),
            shape.whole());
    return new Key(book, plain);
  }

  private boolean good(Picture known, long seen, Shape shape) {
    if (shape.meta() && loop.millis() - known.millis > AGED_MILLIS) {
      return false;
    }
    BookTopic book = known.book;
    if (known.version == book.version) {
      return true;
    }
    int first = book.ring.after(known.version);
    return known.version >= seen
        && book.ring.covers(known.version)
        && book.ring.size() - first <= Math.max(FEW, book.levels() / LITTLE)
        && !book.replacedAfter(known.version);
  }

  private Picture take(BookTopic book, Shape shape) {
    Snapshot levels = book.all();
    List<byte[]> messages = List.of();
    for (int parts = 1; messages.isEmpty(); ) {
      messages = new ArrayList<>(parts);
      int most = 0;
      for (int i = 1; i <= parts; i++) {
        byte[] message = part(book, shape, levels, new Part(i, parts));
        most = Math.max(most, message.length);
        messages.add(message);
      }
      if (most > sizes.part && !shape.whole() && parts < book.levels()) {
        parts += Math.max(1, (int) (parts * ((double) most / sizes.part - 1)));
        messages = List.of();
      }
    }
    if (shape.deflate()) {
      messages.replaceAll(this::compressed);
    }
    return new Picture(book, shape.codec(), shape.deflate(), messages, loop.millis());
  }

  private byte[] part(BookTopic book, Shape shape, Snapshot levels, Part part) {
    Text out = scratch.reset();
    shape.codec().messages.begin(out);
    book.snapshot(shape, levels, part, out);
    shape.codec().messages.end(out);
    return out.copyFrom(0);
  }

  private byte[] compressed(byte[] message) {
    int size = frames.deflate().compress(message, message.length);
    return Arrays.copyOf(frames.deflate().bytes(), size);
  }

  /** The frame of a part of the picture, from 0; one reference of it becomes the caller's. */
  ByteBuf frame(Picture picture, int part) {
    if (!picture.live()) {
      if (live.isEmpty()) {
        loop.after(SWEEP, sweeping);
      }
      live.add(picture);
    }
    return picture.frame(part, frames);
  }

  /** Bytes of the frames that there are now. */
  long bytes() {
    long sum = 0;
    for (Picture each : live) {
      sum += each.bytes();
    }
    return sum;
  }

  private void sweep() {
    live.forEach(Picture::releaseUnused);
    live.removeIf(picture -> !picture.live());
    latest.values().removeIf(picture -> !picture.live());
    if (!live.isEmpty()) {
      loop.after(SWEEP, sweeping);
    }
  }

  void close() {
    live.forEach(Picture::release);
    live.clear();
    latest.clear();
  }
}
