package dev.tidegate.bus;

import java.util.List;

/**
 * What the nodes that run STREAM tell one another about armed cancel-on-disconnect, so that it
 * outlives the node that a session is on. A node numbers the changes of its own sessions one by
 * one; who hears a hole, or a node for the first time, asks for the whole.
 */
public final class Armings {
  private Armings() {}

  /**
   * One armed session.
   *
   * @param grace milliseconds that the client has to come back
   * @param armedAt milliseconds since the epoch
   */
  public record Armed(String session, String consumer, String account, int grace, long armedAt) {
    /** Whose orders are cancelled: arming again under this name is coming back. */
    public String owner() {
      return consumer + "\n" + account;
    }
  }

  /** What became of a session. */
  public enum What {
    ARMED,
    /** By its client; the orders stay. */
    DISARMED,
    /** It was heard after another session of its owner had armed or disarmed. */
    HEARD,
    /** Its client is gone; the grace period begins. */
    ENDED,
    /** Something that only a newer node knows; its number counts. */
    OTHER;

    static What named(String name) {
      for (What what : values()) {
        if (what.name().equals(name)) {
          return what;
        }
      }
      return OTHER;
    }
  }

  /** All that is said; {@code node} is who says it. */
  public sealed interface Said permits Change, Beat, Wanted, Standing, Done, Left {
    String node();
  }

  /**
   * Something happened to a session of this node.
   *
   * @param run another one each time that the node starts
   * @param number of the change, one by one from 1
   */
  public record Change(String node, String run, long number, What what, Armed armed)
      implements Said {}

  /** The node is there, and its last change had this number. */
  public record Beat(String node, String run, long number) implements Said {}

  /** Asks {@code of}, or everybody when it is empty, for what stands. */
  public record Wanted(String node, String of) implements Said {}

  /**
   * A part of what stands at a node after the change of this number.
   *
   * @param part the first one is 0
   */
  public record Standing(
      String node, String run, long number, int part, boolean last, List<Stance> entries)
      implements Said {}

  /**
   * @param replaced another session of the owner has armed since this one was heard
   * @param left milliseconds of the grace period, -1 while the session lives
   */
  public record Stance(Armed armed, boolean replaced, long left) {}

  /** The command of a session is accepted. */
  public record Done(String node, String session) implements Said {}

  /** The node leaves in good order; the others watch over what it leaves. */
  public record Left(String node, String run) implements Said {}

  public static final Address<Said> SAID = new Address<>("stream.armings", Said.class);
}
