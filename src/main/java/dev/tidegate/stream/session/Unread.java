package dev.tidegate.stream.session;

import dev.tidegate.loop.Loop;
import dev.tidegate.stream.socket.Outlet;
import org.jspecify.annotations.Nullable;

/**
 * What was written to one client and has not left: replies and private messages by themselves,
 * since market data that waits before them is not held against it.
 */
final class Unread {
  /** With so much private and control traffic unsent, the client has to prove that it reads. */
  static final long CONTROL_BOUND = 512 * 1024;

  /** More than this of it is not kept for anybody. */
  static final long MOST_CONTROL = 4 * 1024 * 1024;

  /** Bytes that were written in all, and those of replies and the like since the last data. */
  private long sent;

  private long replies;

  /** Set while some of it is there for others as well. */
  private @Nullable Shares shares;

  /** Set while replies pile up. */
  private @Nullable Reading reading;

  void wrote(int size) {
    sent += size;
  }

  /** What was written last is there once for many. */
  void shares(int size) {
    Shares known = shares;
    if (known == null) {
      known = new Shares();
      shares = known;
    }
    known.add(sent, size);
  }

  /** Bytes that have not left, without those that are there for others as well. */
  long own(Outlet outlet) {
    long pending = outlet.pending();
    Shares known = shares;
    if (known == null || pending == 0) {
      shares = null;
      return pending;
    }
    return pending - known.pending(sent - pending);
  }

  /** Market data was written, which is only done when next to nothing waits. */
  void data() {
    replies = 0;
  }

  void reply(int size) {
    replies += size;
  }

  /** Bytes that have left. */
  long left(Outlet outlet) {
    return sent - outlet.pending();
  }

  boolean hasRoom(Outlet outlet) {
    return replies(outlet) <= CONTROL_BOUND;
  }

  /** Whether there is more than a client leaves that reads. */
  boolean tooMuch(Outlet outlet, Loop loop) {
    long unread = replies(outlet);
    if (unread <= CONTROL_BOUND) {
      reading = null;
      return false;
    }
    return unread > MOST_CONTROL || tooSlow(outlet, loop);
  }

  private long replies(Outlet outlet) {
    return replies <= CONTROL_BOUND ? replies : Math.min(replies, outlet.pending());
  }

  private boolean tooSlow(Outlet outlet, Loop loop) {
    Reading since = reading;
    if (since == null || since.before(loop.awakeSince())) {
      reading = new Reading(left(outlet), loop.nanos());
      return false;
    }
    return since.tooSlow(left(outlet), loop.nanos());
  }
}
