package dev.tidegate.stream.session;

import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Dialect;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Statement;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Lag;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.fanout.Reader;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.socket.Outlet;
import dev.tidegate.stream.socket.Retry;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One client: who it is, what it follows, and how far it has come. It queues nothing; what it has
 * not got yet is in the rings.
 */
public final class Session implements Reader {
  public final String id;
  public final String address;
  public final Outlet outlet;

  /** What the client negotiated. */
  public final Dialect dialect;

  public final long openedAt;
  private final Shared shared;

  private @Nullable Identity identity;
  private Tier tier;
  final Conduct conduct = new Conduct();
  private final FrameLimit frameLimit;

  private final SubscriptionSet subscriptions = new SubscriptionSet();
  final Unread unread = new Unread();
  private final Lanes lanes;
  private @Nullable Lag lag;
  private boolean armed;
  Heartbeat heartbeat = Heartbeat.OFF;
  private Outgoing written = Outgoing.NOTHING;
  private Life life = Life.OPEN;
  private @Nullable CloseCode closedWith;
  private boolean waiting;

  /** What the sessions of one instance have in common. */
  public record Shared(
      Loop loop,
      Fanout fanout,
      Frames frames,
      StreamMeters meters,
      RandomGenerator chance,
      UnreadMemory memory) {}

  public Session(
      String id, String address, Dialect dialect, Outlet outlet, Tier tier, Shared shared) {
    this.id = id;
    this.address = address;
    this.dialect = dialect;
    this.outlet = outlet;
    this.tier = tier;
    this.shared = shared;
    this.lanes = new Lanes(this, shared.fanout());
    this.frameLimit = new FrameLimit(this, shared.fanout());
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

  /** What it follows. */
  SubscriptionSet set() {
    return subscriptions;
  }

  public Subscription subscribed(Op.Key key, Subscription subscription) {
    subscriptions.add(key, subscription);
    shared.meters().subscriptions(1);
    return subscription;
  }

  @Nullable
  public Subscription subscription(Op.Key key) {
    return subscriptions.get(key);
  }

  public Collection<Subscription> subscriptions() {
    return subscriptions.all();
  }

  public void unsubscribed(Op.Key key) {
    if (subscriptions.remove(key, shared.fanout().current())) {
      shared.meters().subscriptions(-1);
    }
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
    if (frameLimit.allows(tier.framesPerSecond(), nanos)) {
      return true;
    }
    if (!waiting) {
      frameLimit.await(tier.framesPerSecond(), nanos);
      waiting = true;
    }
    return false;
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
  public void write(ByteBuf frame, Tally.Sum said) {
    send(frame);
    heartbeat.sent(said);
    unread.data();
    written = Outgoing.DATA;
  }

  @Override
  public void share(ByteBuf part, Tally.Sum said) {
    int size = part.readableBytes();
    write(part, said);
    unread.shares(size);
  }

  private void send(ByteBuf frame) {
    int size = frame.readableBytes();
    shared.memory().writes(size);
    unread.wrote(size);
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
    if (unread.tooMuch(outlet, shared.loop())) {
      close(CloseCode.SLOW_CONSUMER, "too slow: private messages and replies are not read");
      return;
    }
    reply(reply);
  }

  /** Messages of a private channel, which are counted as those of the market are. */
  void tell(List<Transition> messages, Statement said) {
    control(said);
    heartbeat.sent(messages);
  }

  @Override
  public void notice(Statement notice) {
    if (open() && unread.hasRoom(outlet)) {
      reply(notice);
    }
  }

  private void reply(Statement reply) {
    ByteBuf frame = shared.frames().reply(reply, dialect.codec());
    unread.reply(frame.readableBytes());
    send(frame);
  }

  @Override
  public long left() {
    return unread.left(outlet);
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
    return Math.max(subscriptions.idleSince(millis), openedAt);
  }

  public boolean follows(Replica replica) {
    return subscriptions.follow(replica);
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

  /** Whether the tier's limit of frames holds it back now. */
  public boolean limited(long nanos) {
    return waiting && frameLimit.dueAt() > nanos;
  }

  /** How old the oldest thing is that the client has not been sent, by its source's time. */
  public long dataAge(long millis) {
    long oldest = lanes.oldestUnsent();
    return oldest == Long.MAX_VALUE ? 0 : Math.max(0, millis - oldest / 1000);
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
        send(
            shared
                .frames()
                .reply(Replies.reconnect(code, reason, 0, retryAfter, null), dialect.codec()));
      }
      outlet.close(code, Retry.reason(reason, retryAfter));
    }
  }

  /** The socket is gone. */
  public void ended() {
    life = Life.ENDED;
    heartbeat.end();
    lanes.leave();
    shared.meters().subscriptions(-subscriptions.size());
    subscriptions.clear();
  }
}
