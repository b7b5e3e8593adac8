package dev.tidegate.stream.protocol;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Interval;
import dev.tidegate.bus.Numbering;
import dev.tidegate.bus.Wire;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a client takes along to another node: its subscriptions and where it stands in each. It says
 * nothing that the client could not say with subscribe and {@code since}, and is held to the same
 * entitlements, so it is neither signed nor secret.
 */
public final class Token {
  /** Characters; a request with it has to fit into a frame. */
  public static final int MOST = 48 * 1024;

  private static final int VERSION = 1;

  /** Their positions stand in tokens: these, and after them whatever channels came later. */
  private static final List<String> NAMES =
      Stream.concat(
              Stream.of("book", "trades", "ticker", "candles", "status", "requests", "orders"),
              Stream.of(Channel.values()).map(Channel::text))
          .distinct()
          .toList();

  private static final int META = 1;
  private static final int CHECKSUM = 2;
  private static final int EXPANDED = 4;
  private static final int EXCEPTED = 8;

  private Token() {}

  /** How a subscription came to be. */
  public enum Origin {
    ASKED,
    /** With one to all symbols. */
    EXPANDED,
    /** It is none: a subscription to all symbols leaves it out. */
    EXCEPTED
  }

  /** One subscription. */
  public record Followed(Op.Wanted wanted, Origin origin) {}

  /** Null when it would be longer than may be. */
  public static @Nullable String write(List<Followed> entries) {
    Map<String, Integer> epochs = new LinkedHashMap<>(4);
    for (Followed entry : entries) {
      Op.Since since = entry.wanted().since();
      if (since != null) {
        epochs.putIfAbsent(shared(entry.wanted().key(), since), epochs.size() + 1);
      }
    }
    Wire.Writer out = new Wire.Writer();
    out.int32(VERSION).list(List.copyOf(epochs.keySet()), Wire.Writer::string);
    out.list(entries, (w, entry) -> write(w, entry, epochs));
    byte[] bytes = new byte[out.buffer().readableBytes()];
    out.buffer().readBytes(bytes);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return text.length() > MOST ? null : text;
  }

  private static void write(Wire.Writer w, Followed entry, Map<String, Integer> epochs) {
    Op.Wanted wanted = entry.wanted();
    Op.Key key = wanted.key();
    int flags = (wanted.meta() ? META : 0) | (wanted.checksum() ? CHECKSUM : 0);
    w.int32(NAMES.indexOf(key.name())).string(key.symbol()).int32(key.depth());
    w.int32(Interval.TEXTS.indexOf(key.interval()) + 1).int32(wanted.window());
    int origin =
        switch (entry.origin()) {
          case ASKED -> 0;
          case EXPANDED -> EXPANDED;
          case EXCEPTED -> EXCEPTED;
        };
    w.int32(flags | origin);
    Op.Since since = wanted.since();
    w.int32(since == null ? 0 : epochs.getOrDefault(shared(key, since), 0));
    w.int64(since == null ? 0 : since.seq());
  }

  /** The subscription that the token stands for; whoever made it up gets a refusal. */
  public static Op.Subscribe read(Op.Resume op) throws Refusal {
    List<Followed> entries;
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(op.token());
      Wire.Reader in = new Wire.Reader(Unpooled.wrappedBuffer(bytes));
      int version = in.int32();
      if (version != VERSION) {
        throw new Refusal(
            Refusal.BAD_REQUEST, "token: version " + version + " (expected " + VERSION + ")");
      }
      List<String> epochs = in.list(Wire.Reader::string);
      entries = in.list(r -> entry(r, epochs));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      throw new Refusal(Refusal.BAD_REQUEST, "token: not one of ours, or cut off");
    }
    List<Op.Wanted> wanted = new ArrayList<>(entries.size());
    Set<Op.Key> expanded = new HashSet<>();
    Set<Op.Key> excepted = new HashSet<>();
    for (Followed entry : entries) {
      if (entry.origin() == Origin.EXCEPTED) {
        excepted.add(entry.wanted().key());
        continue;
      }
      wanted.add(entry.wanted());
      if (entry.origin() == Origin.EXPANDED) {
        expanded.add(entry.wanted().key());
      }
    }
    return new Op.Subscribe(op.id(), wanted, expanded, excepted);
  }

  private static Followed entry(Wire.Reader in, List<String> epochs) {
    String name = NAMES.get(in.int32());
    String symbol = in.string();
    int depth = in.int32();
    int bar = in.int32();
    int window = in.int32();
    int flags = in.int32();
    int epoch = in.int32();
    long seq = in.int64();
    String interval = bar == 0 ? "" : Interval.TEXTS.get(bar - 1);
    Channel channel = Channel.named(name);
    check(OpReader.WINDOWS.contains(window) && OpReader.DEPTHS.contains(depth));
    check(depth == 0 || channel == Channel.BOOK);
    check((channel == Channel.CANDLES) == (bar != 0));
    check((channel == null) == symbol.isEmpty() && symbol.length() <= OpReader.MAX_SYMBOL);
    Op.Key key = new Op.Key(name, channel, symbol, depth, interval);
    Op.Since since =
        epoch == 0 ? null : new Op.Since(own(key, epochs.get(epoch - 1)), Math.max(0, seq));
    return new Followed(
        new Op.Wanted(key, window, (flags & META) != 0, (flags & CHECKSUM) != 0, since),
        key.wildcard() || channel == null ? Origin.ASKED : origin(flags));
  }

  private static Origin origin(int flags) {
    return (flags & EXCEPTED) != 0
        ? Origin.EXCEPTED
        : (flags & EXPANDED) != 0 ? Origin.EXPANDED : Origin.ASKED;
  }

  /** What the numberings of many streams have in common is written once for all of them. */
  private static String shared(Op.Key key, Op.Since since) {
    return key.market() == null ? since.epoch() : Numbering.epoch(since.epoch());
  }

  private static String own(Op.Key key, String epoch) {
    Channel channel = key.market();
    return channel == null
        ? epoch
        : Numbering.of(epoch, channel, key.symbol(), key.depth(), key.interval());
  }

  private static void check(boolean good) {
    if (!good) {
      throw new IllegalArgumentException("token");
    }
  }
}
