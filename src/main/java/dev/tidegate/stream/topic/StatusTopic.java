package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The status of a symbol: what its source says under its sequence, and over it what the gateway and
 * its operators know. A change of the latter is said again under the same sequence.
 */
public final class StatusTopic extends LatestTopic {
  private static final Status UNKNOWN = new Status(State.LIVE, "");

  private final Predicate<Channel> has;
  private Status source = UNKNOWN;
  private Status said = UNKNOWN;
  private Overlay overlay = Overlay.NONE;

  /**
   * @param has whether the symbol has had data on the channel
   */
  public StatusTopic(int id, String symbol, Versions versions, Predicate<Channel> has) {
    super(id, symbol, Channel.STATUS, versions);
    this.has = has;
  }

  /** What is said to those who ask now. */
  Status said() {
    return said;
  }

  /** Lays it over what the source says; readers hear of it when it makes a difference. */
  public void overlay(Overlay next, long nowMicros) {
    overlay = next;
    Status now = combined();
    if (!alike(now, said) && !epoch.isEmpty()) {
      follow(seq, nowMicros, source);
    }
  }

  /** Another state of the symbol was loaded. */
  public void refresh() {
    overlay(overlay, time);
  }

  @Override
  Event remembered(Event event) {
    if (event instanceof Status status) {
      source = status;
    }
    said = combined();
    return super.remembered(said);
  }

  @Override
  void forget() {
    super.forget();
    source = UNKNOWN;
    said = UNKNOWN;
  }

  private Status combined() {
    List<Channel> delayed = delayed();
    if (overlay.active() != null) {
      return new Status(
          overlay.active().state(),
          overlay.active().detail(),
          delayed,
          overlay.active().from(),
          overlay.announced());
    }
    boolean flows = source.is(State.LIVE) || source.is(State.DELAYED);
    if (flows && !delayed.isEmpty()) {
      return new Status(
          State.DELAYED.text(), why(delayed), delayed, overlay.since(), overlay.announced());
    }
    return new Status(
        source.state(), source.detail(), source.delayed(), source.since(), overlay.announced());
  }

  private List<Channel> delayed() {
    List<Channel> delayed = new ArrayList<>(0);
    for (Channel channel : overlay.trouble() != null ? Channel.DATA : overlay.silent()) {
      if (has.test(channel)) {
        delayed.add(channel);
      }
    }
    return delayed;
  }

  private String why(List<Channel> delayed) {
    String trouble = overlay.trouble();
    if (trouble != null) {
      return trouble;
    }
    StringBuilder why = new StringBuilder("no events:");
    delayed.forEach(channel -> why.append(' ').append(channel.text()));
    return why.toString();
  }

  /** Since when is no news of its own. */
  private static boolean alike(Status a, Status b) {
    return a.state().equals(b.state())
        && a.detail().equals(b.detail())
        && a.delayed().equals(b.delayed())
        && a.announced().equals(b.announced());
  }
}
