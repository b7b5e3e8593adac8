package dev.tidegate.stream.encode;

/**
 * How a lane's messages look and how often they may come.
 *
 * @param window milliseconds between frames, 0 for every turn of the event loop
 * @param rank the tier's rank: under pressure the lowest ranks wait longest
 * @param deflate whether frames are compressed
 * @param codec JSON or Protobuf
 * @param whole whether a large snapshot is one message, not several parts
 */
public record Shape(
    int window,
    int rank,
    boolean meta,
    boolean checksum,
    boolean deflate,
    Codec codec,
    boolean whole) {
  public Shape(int window, int rank, boolean meta, boolean checksum, boolean deflate, Codec codec) {
    this(window, rank, meta, checksum, deflate, codec, false);
  }

  public Shape(int window, int rank, boolean meta, boolean checksum, boolean deflate) {
    this(window, rank, meta, checksum, deflate, Codec.JSON);
  }

  /** Whether a message says more than the update, so that its text cannot be shared. */
  public boolean extras() {
    return meta || checksum;
  }

  public Shape withWindow(int other) {
    return new Shape(other, rank, meta, checksum, deflate, codec, whole);
  }
}
