package dev.tidegate.market.book;

import dev.tidegate.bus.Markets.Channel;

/** One number per channel. */
public final class ChannelLongs {
  private final long[] values = new long[Channel.values().length];

  @SuppressWarnings("EnumOrdinal") // an index into this array only, never stored or sent
  public long get(Channel channel) {
    return values[channel.ordinal()];
  }

  @SuppressWarnings("EnumOrdinal") // as above
  public void set(Channel channel, long value) {
    values[channel.ordinal()] = value;
  }
}
