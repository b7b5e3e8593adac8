package dev.tidegate.stream.session;

import dev.tidegate.loop.Loop;
import dev.tidegate.stream.socket.Outlet;
import org.jspecify.annotations.Nullable;

/** What a client has been sent, and whether it leaves too many replies unread. */
final class Unread {
  /** With so much private and control traffic unsent, the client has to prove that it reads. */
  static final long CONTROL_BOUND = 512 * 1024;

  /** More than this of it is not kept for anybody. */
  static final long MOST_CONTROL = 4 * 1024 * 1024;

  private long sent;

  /** Bytes since the last data. */
  private long replies;

  /** Set while replies pile up. */
  private @Nullable Reading reading;

  void data(int size) {
    sent += size;
    replies = 0;
  }

  void reply(int size) {
    sent += size;
    replies += size;
  }

  /** Bytes that have left the process. */
  long left(Outlet outlet) {
    return sent - outlet.pending();
  }

  boolean little(Outlet outlet) {
    return unread(outlet) <= CONTROL_BOUND;
  }

  /** Whether the session ends rather than to be sent another reply. */
  boolean tooMuch(Outlet outlet, Loop loop) {
    long unread = unread(outlet);
    if (unread <= CONTROL_BOUND) {
      reading = null;
      return false;
    }
    return unread > MOST_CONTROL || tooSlow(left(outlet), loop.nanos());
  }

  /** Data is only written when next to nothing waits, so all replies that wait came after it. */
  private long unread(Outlet outlet) {
    return replies <= CONTROL_BOUND ? replies : Math.min(replies, outlet.pending());
  }

  private boolean tooSlow(long left, long nanos) {
    Reading since = reading;
    if (since == null) {
      reading = new Reading(left, nanos);
      return false;
    }
    return since.tooSlow(left, nanos);
  }
}
