package dev.tidegate.stream;

import dev.tidegate.config.Settings;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Dialect;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Pictures;
import dev.tidegate.stream.fanout.Pressure;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Heartbeats;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.session.Tier;
import dev.tidegate.stream.session.UnreadBudget;
import dev.tidegate.stream.session.UnreadMemory;
import dev.tidegate.stream.socket.Outlet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;

/** A fan-out, what it stands on, and sessions at it, without sockets. */
public final class TestFanout {
  public final StreamMeters meters;
  public final Frames frames;
  public final Fanout fanout;
  public final Heartbeats heartbeats;
  private final Session.Shared shared;
  private final Sessions sessions;

  public TestFanout(Loop loop) {
    this(loop, UnpooledByteBufAllocator.DEFAULT, new SimpleMeterRegistry());
  }

  public TestFanout(Loop loop, ByteBufAllocator memory, MeterRegistry registry) {
    this(
        loop,
        memory,
        registry,
        Pictures.Sizes.parts(256 * 1024),
        new UnreadBudget(Long.MAX_VALUE / 2, registry));
  }

  /**
   * @param large which snapshots are shared, and come in parts
   */
  public TestFanout(
      Loop loop, ByteBufAllocator memory, MeterRegistry registry, Pictures.Sizes large) {
    this(loop, memory, registry, large, new UnreadBudget(Long.MAX_VALUE / 2, registry));
  }

  /**
   * @param unread how much may be left unread
   */
  public TestFanout(
      Loop loop,
      ByteBufAllocator memory,
      MeterRegistry registry,
      Pictures.Sizes large,
      UnreadBudget unread) {
    meters = new StreamMeters(registry, 0, System::nanoTime);
    frames = new Frames(memory, 1);
    fanout = new Fanout(loop, frames, new Pressure(false), meters, large);
    heartbeats = new Heartbeats(loop, fanout, new Replies(loop), (session, heads) -> {});
    sessions = new Sessions("s", meters);
    shared =
        new Session.Shared(
            loop,
            fanout,
            frames,
            meters,
            new Random(1),
            new UnreadMemory(unread, () -> sessions.unread() + fanout.shared(), sessions::free));
  }

  /** The session counts among those of the instance. */
  public Session opened(FakeClient client) {
    Tier tier = Settings.of(Tier.class, "rank: 1");
    Dialect dialect = new Dialect(Codec.JSON, false, false);
    Session session = new Session(sessions.nextId(), "a", dialect, client, tier, shared);
    sessions.opened(session);
    return session;
  }

  /** A session of an unlimited tier that speaks JSON. */
  public Session session(FakeClient client) {
    return session(client, Codec.JSON, false);
  }

  public Session session(Outlet outlet, Codec codec, boolean deflate) {
    return session(outlet, new Dialect(codec, deflate, false));
  }

  public Session session(Outlet outlet, Dialect dialect) {
    Tier tier = Settings.of(Tier.class, "rank: 1");
    return new Session("s", "a", dialect, outlet, tier, shared);
  }

  public Session session(
      String id, String address, Tier tier, Outlet outlet, Codec codec, boolean deflate) {
    return new Session(id, address, new Dialect(codec, deflate, false), outlet, tier, shared);
  }
}
