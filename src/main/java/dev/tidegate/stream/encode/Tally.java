package dev.tidegate.stream.encode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Counts channel messages and digests which they were, in their order. The digest is a polynomial
 * in the messages' hashes: what a frame adds to it is worked out once for all who get the frame,
 * however different what they had before. It counts only while it is switched on.
 */
public final class Tally {
  /** Odd, so that nothing is lost when it is multiplied by it; of the longest period mod 2^64. */
  static final long BASE = 6_364_136_223_846_793_005L;

  private final MessageDigest sha256;
  private final byte[] hash = new byte[32];
  private boolean on;
  private long messages;
  private long digest;
  private long factor = 1;

  public Tally() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every Java", e);
    }
  }

  /**
   * What messages add to a digest.
   *
   * @param factor what the digest before them is multiplied by
   */
  public record Sum(long messages, long digest, long factor) {
    public static final Sum NONE = new Sum(0, 0, 1);

    public static Sum of(long hash) {
      return new Sum(1, hash, BASE);
    }
  }

  public boolean on() {
    return on;
  }

  public void on(boolean now) {
    on = now;
    reset();
  }

  void reset() {
    messages = digest = 0;
    factor = 1;
  }

  /** One more message, by its hash. */
  public void add(long of) {
    messages++;
    digest = digest * BASE + of;
    factor *= BASE;
  }

  /** Since the last reset. */
  public Sum sum() {
    return messages == 0 ? Sum.NONE : new Sum(messages, digest, factor);
  }

  /**
   * The hash of one message: the first eight bytes, as a big-endian number, of the SHA-256 of its
   * channel, symbol, epoch and sequence, a line feed between them.
   *
   * @param stream {@link #stream}
   */
  public long hash(byte[] stream, long seq) {
    sha256.update(stream);
    sha256.update(Long.toString(seq).getBytes(StandardCharsets.ISO_8859_1));
    try {
      sha256.digest(hash, 0, hash.length);
    } catch (java.security.DigestException e) {
      throw new IllegalStateException("32 bytes are a SHA-256", e);
    }
    long first = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      first = first << 8 | (hash[i] & 0xFF);
    }
    return first;
  }

  /**
   * What the hashes of a channel's messages begin with.
   *
   * @param symbol empty for the private channels
   * @param epoch as the message tells it; empty for those that do not
   */
  public static byte[] stream(String channel, String symbol, String epoch) {
    return (channel + "\n" + symbol + "\n" + epoch + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
