package dev.tidegate.stream.encode;

import org.jspecify.annotations.Nullable;

/** A message whose bytes are written on first use, once in each codec that somebody reads. */
public abstract class Written {
  private byte @Nullable [] json;
  private byte @Nullable [] proto;

  /** The message as it was written in this codec before, or null. */
  public final byte @Nullable [] written(Codec codec) {
    return switch (codec) {
      case JSON -> json;
      case PROTO -> proto;
    };
  }

  /** Keeps what it is in this codec. */
  public final byte[] written(Codec codec, byte[] bytes) {
    switch (codec) {
      case JSON -> json = bytes;
      case PROTO -> proto = bytes;
    }
    return bytes;
  }
}
