package dev.tidegate.stream.session;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Statement;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Lag;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.fanout.Reader;
import dev.tidegate.stream.fanout.Wheel;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.socket.Outlet;
import dev.tidegate.stream.socket.Retry;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One client: who it is, what it follows, and how far it has come. It queues nothing; what it has
 * not got yet is in the rings.
 */
public final class Session implements Wheel.Timed, Reader {
  /** With so much private and control traffic unsent, the client has to prove that it reads. */
  static final long CONTROL_BOUND = 512 * 1024;

  /** More than this of it is not kept for anybody. */
  static final long MOST_CONTROL = 4 * 1024 * 1024;

  public final String id;
  public final String address;
  public final Outlet outlet;
  public final boolean deflate;

  /** What the client negotiated. */
  public final Codec codec;

  public final long openedAt;
  private final Shared shared;

  private @Nullable Identity identity;
  private Tier tier;
  final Conduct conduct = new Conduct();
  private final Rate outbound = new Rate();

  private Map<Op.Key, Subscription> subscriptions = Map.of();
  private final Lanes lanes;

  /** Set while the session lags. */
  private @Nullable Lag lag;

  /** Set while the session's end cancels orders. */
  private boolean armed;

  private int asked;
  private long lastLeft;
  private Outgoing written = Outgoing.NOTHING;

  /** Bytes that were written in all, and those of replies and the like since the last data. */
  private long sent;

  private long replies;

  /** Set while replies pile up. */
  private @Nullable Reading reading;

  private Life life = Life.OPEN;
  private @Nullable CloseCode closedWith;
  private boolean waiting;
  private long dueAt;
  private long lastUsed;

  /** What the sessions of one instance have in common. */
  public record Shared(
      Loop loop, Fanout fanout, Frames frames, StreamMeters meters, RandomGenerator chance) {}

  public Session(
      String id,
      String address,
      Codec codec,
      boolean deflate,
      Outlet outlet,
      Tier tier,
      Shared shared) {
    this.id = id;
    this.address = address;
    this.codec = codec;
    this.deflate = deflate;
    this.outlet = outlet;
    this.tier = tier;
    this.shared = shared;
    this.lanes = new Lanes(this, shared.fanout());
    this.openedAt = shared.loop().millis();
  }

  @Override
  public @Nullable Lag lag() {
    return lag;
  }

  @Override
  public void caughtUp() {
    lag = null;
  }

  @Override
  public long pending() {
    return outlet.pending();
  }

  public String consumer() {
    Identity who = identity;
    return who == null ? "" : who.consumer();
  }

  @Override
  public boolean open() {
    return life == Life.OPEN || life == Life.LEAVING;
  }

  /** Who it belongs to; null for somebody who has not said so. */
  public @Nullable Identity identity() {
    return identity;
  }

  /** The client has said who it is, or said it again with another credential. */
  public void belongsTo(Identity who, Tier limits) {
    identity = who;
    tier = limits;
  }

  public Tier tier() {
    return tier;
  }

  /** The limits of its tier are others now; what it has above them it keeps. */
  public void limits(Tier now) {
    tier = now;
  }

  /** Whether its end cancels orders. */
  public boolean armed() {
    return armed;
  }

  public void armed(boolean now) {
    armed = now;
  }

  /** Tells the client to go elsewhere, which its close need not repeat. */
  public void sendAway(Statement reconnect) {
    control(reconnect);
    if (life == Life.OPEN) {
      life = Life.LEAVING;
    }
  }

  /** Why we closed it; null while it is open, or when the client did. */
  public @Nullable CloseCode closedWith() {
    return closedWith;
  }

  public String tierName() {
    Identity who = identity;
    return who == null ? Tier.ANONYMOUS : who.tier();
  }

  int subscriptionCount() {
    return asked;
  }

  public Subscription subscribed(Op.Key key, Subscription subscription) {
    if (subscriptions.isEmpty()) {
      subscriptions = new LinkedHashMap<>(4);
    }
    subscriptions.put(key, subscription);
    asked += subscription.expanded ? 0 : 1;
    shared.meters().subscriptions(1);
    return subscription;
  }

  @Nullable
  public Subscription subscription(Op.Key key) {
    return subscriptions.get(key);
  }

  public Collection<Subscription> subscriptions() {
    return subscriptions.values();
  }

  public void unsubscribed(Op.Key key) {
    Subscription old = subscriptions.remove(key);
    if (old != null) {
      lastLeft = shared.fanout().current();
      asked -= old.expanded ? 0 : 1;
      shared.meters().subscriptions(-1);
    }
  }

  /** The fan-out's version when it gave up a subscription last, 0 when it never did. */
  long lastLeft() {
    return lastLeft;
  }

  @Override
  public List<Lane> lanes() {
    return lanes.all();
  }

  /** Its lane of the shape; a new one has no topics, and stands at now. */
  public Lane lane(Shape shape) {
    return lanes.of(shape);
  }

  /** Puts the lane where its topics, and the session's step on the ladder, want it. */
  public void place(Lane lane) {
    lanes.place(lane, step());
  }

  @Override
  public void placeAll() {
    lanes.placeAll(step());
  }

  private int step() {
    Lag behind = lag;
    return behind == null ? 0 : behind.step;
  }

  /** Whether market data may be written now; notes that the session lags when not. */
  @Override
  public boolean ready(long nanos) {
    if (!open()) {
      return false;
    }
    if (written == Outgoing.DATA) {
      return true;
    }
    if (!outlet.writable()) {
      lagging(nanos);
      return false;
    }
    if (tier.framesPerSecond() > 0 && !outbound.take(tier.framesPerSecond(), nanos)) {
      waitFor(nanos + 1_000_000_000L / tier.framesPerSecond());
      return false;
    }
    return true;
  }

  private void lagging(long nanos) {
    Lag behind = lag;
    if (behind == null) {
      behind = new Lag();
      lag = behind;
      shared.fanout().lagging(this);
    }
    behind.begin(nanos);
  }

  /** A frame of market data; only after {@link #ready}. */
  @Override
  public void write(ByteBuf frame) {
    send(frame);
    replies = 0;
    written = Outgoing.DATA;
  }

  private void send(ByteBuf frame) {
    int size = frame.readableBytes();
    sent += size;
    shared.meters().wrote(size);
    outlet.write(frame);
    touch();
  }

  /**
   * A reply or a private message: it goes out whatever else waits, or the session ends. It ends
   * only for a client that does not read: market data that waits before the replies is not held
   * against it.
   */
  public void control(Statement reply) {
    if (!open()) {
      return;
    }
    long unread = unreadReplies();
    if (unread <= CONTROL_BOUND) {
      reading = null;
    } else if (unread > MOST_CONTROL || tooSlow()) {
      close(CloseCode.SLOW_CONSUMER, "too slow: private messages and replies are not read");
      return;
    }
    reply(reply);
  }

  @Override
  public void notice(Statement notice) {
    if (open() && unreadReplies() <= CONTROL_BOUND) {
      reply(notice);
    }
  }

  private void reply(Statement reply) {
    ByteBuf frame = shared.frames().reply(reply, codec);
    replies += frame.readableBytes();
    send(frame);
  }

  /** Data is only written when next to nothing waits, so all replies that wait came after it. */
  private long unreadReplies() {
    return replies <= CONTROL_BOUND ? replies : Math.min(replies, outlet.pending());
  }

  private boolean tooSlow() {
    Reading since = reading;
    long nanos = shared.loop().nanos();
    if (since == null) {
      reading = new Reading(left(), nanos);
      return false;
    }
    return since.tooSlow(left(), nanos);
  }

  @Override
  public long left() {
    return sent - outlet.pending();
  }

  private void touch() {
    if (written == Outgoing.NOTHING) {
      shared.fanout().touched(this);
      written = Outgoing.CONTROL;
    }
  }

  @Override
  public void flush() {
    written = Outgoing.NOTHING;
    outlet.flush();
  }

  /** Since when the session has followed nothing, in milliseconds; now while it does. */
  public long idleSince(long millis) {
    if (!subscriptions.isEmpty()) {
      lastUsed = millis;
    }
    return Math.max(lastUsed, openedAt);
  }

  public boolean follows(Replica replica) {
    for (Subscription subscription : subscriptions.values()) {
      Instrument instrument = subscription.instrument;
      if (instrument != null && replica.instruments().get(instrument.symbol) == instrument) {
        return true;
      }
    }
    return false;
  }

  /** The socket has taken what there was. */
  public void drained() {
    if (lag != null || lanes.anyBehind()) {
      again();
    }
  }

  /** Asks for another chance to catch up, in the next turn. */
  @Override
  public void again() {
    if (!waiting) {
      shared.fanout().retry(this);
      waiting = true;
    }
  }

  private void waitFor(long nanos) {
    if (!waiting) {
      dueAt = nanos;
      shared.fanout().wheel().add(this);
      waiting = true;
    }
  }

  /** Whether the tier's limit of frames holds it back now. */
  public boolean limited(long nanos) {
    return waiting && dueAt > nanos;
  }

  /** How old the oldest thing is that the client has not been sent, by its source's time. */
  public long dataAge(long millis) {
    long oldest = lanes.oldestUnsent();
    return oldest == Long.MAX_VALUE ? 0 : Math.max(0, millis - oldest / 1000);
  }

  @Override
  public long dueAt() {
    return dueAt;
  }

  @Override
  public void due() {
    shared.fanout().retry(this);
  }

  @Override
  public void catchUp(long nanos) {
    waiting = false;
    List<Lane> all = lanes.all();
    for (int i = 0; i < all.size() && open(); i++) {
      Lane lane = all.get(i);
      if (lane.behind() && ready(nanos)) {
        shared.fanout().move(lane);
      }
    }
    Lag behind = lag;
    if (behind != null && open() && !lanes.anyBehind()) {
      behind.end(nanos);
    }
  }

  /** Says when to come back, where coming back is of use. */
  @Override
  public void close(CloseCode code, String reason) {
    close(code, reason, Retry.after(code, shared.meters().sessions(), shared.chance()));
  }

  public void close(CloseCode code, String reason, long retryAfter) {
    if (open()) {
      boolean told = life == Life.LEAVING;
      life = Life.CLOSED;
      closedWith = code;
      shared.meters().closed(code);
      if (retryAfter >= 0 && !told && outlet.writable()) {
        send(shared.frames().reply(Replies.reconnect(code, reason, 0, retryAfter, null), codec));
      }
      outlet.close(code, Retry.reason(reason, retryAfter));
    }
  }

  /** The socket is gone. */
  public void ended() {
    life = Life.ENDED;
    lanes.leave();
    shared.meters().subscriptions(-subscriptions.size());
    subscriptions = Map.of();
  }
}
