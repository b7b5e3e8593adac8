package dev.tidegate.stream.encode;

/**
 * How a client is spoken to, as its upgrade request agreed.
 *
 * @param codec JSON or Protobuf
 * @param deflate whether frames are compressed
 * @param whole whether a large snapshot is one message, not several parts
 */
public record Dialect(Codec codec, boolean deflate, boolean whole) {}
