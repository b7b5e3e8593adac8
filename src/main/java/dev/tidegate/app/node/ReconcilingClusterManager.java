package dev.tidegate.app.node;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.LifecycleEvent;
import dev.tidegate.app.node.Registrations.Entry;
import dev.tidegate.app.node.Registrations.Repairs;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hazelcast, with registrations of the event bus that find back by themselves. The original acts on
 * events: whoever sees a node leave removes what it had registered, and may be so late with it that
 * the node is there again; and what a merge of two halves leaves out is put back once, or never.
 * Here each node compares what it has registered with what the cluster's map says, every few
 * seconds, and mends the map and what its own event bus makes of it.
 */
final class ReconcilingClusterManager extends HazelcastClusterManager {
  private static final Logger LOG = LoggerFactory.getLogger(ReconcilingClusterManager.class);
  private static final long STEP_MILLIS = 1_000;

  /** How long it is compared at each step after somebody came or went, or anything was amiss. */
  private static final long UNEASY_STEPS = 120;

  /** As long as all is well it is compared at each so many steps. */
  private static final long CALM_STEPS = 10;

  private final Registrations own = new Registrations();
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("bus-registrations").unstarted(task));
  private final AtomicBoolean changed = new AtomicBoolean();
  private final Map<String, Set<RegistrationInfo>> told = new ConcurrentHashMap<>();
  private final Counter put;
  private final Counter removed;
  private @Nullable RegistrationListener listener;

  // Of the rounds' thread alone.
  private final Set<String> known = new HashSet<>();
  private Set<String> strangers = Set.of();
  private Map<String, Set<RegistrationInfo>> seen = Map.of();

  private long steps;
  private long uneasyUntil = UNEASY_STEPS;
  private long steppedAt = System.nanoTime();

  ReconcilingClusterManager(Config config, MeterRegistry meters) {
    super(config);
    put = mended(meters, "put");
    removed = mended(meters, "removed");
  }

  private static Counter mended(MeterRegistry meters, String how) {
    return Counter.builder("tidegate.bus.registrations.mended")
        .description("Registrations of the event bus that the cluster had lost or kept wrongly")
        .tag("how", how)
        .register(meters);
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    Told told = new Told(listener);
    this.listener = told;
    super.registrationListener(told);
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    super.getRegistrations(
        address,
        (found, failure) -> {
          if (failure == null) {
            note(address, found);
          }
          promise.complete(found, failure);
        });
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    own.add(address, registration);
    super.addRegistration(address, registration, promise);
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    own.remove(address, registration);
    super.removeRegistration(address, registration, promise);
  }

  @Override
  public void join(Completable<Void> promise) {
    super.join(
        (joined, failure) -> {
          if (failure == null) {
            rounds.scheduleWithFixedDelay(
                this::step, STEP_MILLIS, STEP_MILLIS, TimeUnit.MILLISECONDS);
            promise.succeed();
          } else {
            promise.fail(failure);
          }
        });
  }

  @Override
  public void leave(Completable<Void> promise) {
    rounds.shutdownNow();
    super.leave(promise);
  }

  /** Events only say when to compare: what was true when they were sent may not be true now. */
  @Override
  public void memberAdded(MembershipEvent event) {
    compareSoon();
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    compareSoon();
  }

  @Override
  public void stateChanged(LifecycleEvent event) {
    compareSoon();
  }

  private void compareSoon() {
    changed.set(true);
    try {
      rounds.execute(this::compareIfChanged);
    } catch (RejectedExecutionException e) {
      return; // this node leaves
    }
  }

  private void compareIfChanged() {
    if (changed.getAndSet(false)) {
      uneasyUntil = steps + UNEASY_STEPS;
      compare();
    }
  }

  private void step() {
    long now = System.nanoTime();
    if (now - steppedAt > TimeUnit.MILLISECONDS.toNanos(3 * STEP_MILLIS)) {
      uneasyUntil = steps + UNEASY_STEPS; // we stood still
    }
    steppedAt = now;
    if (++steps <= uneasyUntil || steps % CALM_STEPS == 0) {
      compare();
    }
  }

  private void compare() {
    try {
      if (isActive() && getNodes().contains(getNodeId())) {
        compareWithShared();
      }
    } catch (Throwable e) { // a round that throws must not be the last one
      LOG.atDebug().setCause(e).log("registrations are compared later");
      uneasyUntil = steps + UNEASY_STEPS;
    }
  }

  private void compareWithShared() {
    SharedRegistrations cluster = new SharedRegistrations(getHazelcastInstance());
    Map<String, Set<RegistrationInfo>> shared = cluster.read();
    Set<String> reachable = cluster.reachable();
    Set<String> nodes = new HashSet<>(reachable);
    shared.values().forEach(all -> all.forEach(one -> nodes.add(one.nodeId())));
    Set<String> present = present(nodes);
    mendNodes(cluster, reachable, present);
    Repairs repairs = own.compare(shared, getNodeId(), present);
    if (!repairs.none()) {
      mend(cluster, repairs);
    }
    tell(own.listeners(shared, repairs));
  }

  /** The members, and who may have joined so recently that this node has not heard of it. */
  private Set<String> present(Set<String> named) {
    List<String> members = getNodes();
    known.addAll(members);
    Set<String> now = new HashSet<>(named);
    now.removeAll(known);
    Set<String> present = new HashSet<>(now);
    present.removeAll(strangers);
    present.addAll(members);
    strangers = now;
    return present;
  }

  /** How the others reach this node's event bus; and nobody tries to reach who is gone. */
  private void mendNodes(SharedRegistrations cluster, Set<String> reachable, Set<String> present) {
    NodeInfo self = getNodeInfo();
    if (self != null && !reachable.contains(getNodeId())) {
      setNodeInfo(self, (done, failure) -> {}); // compared again
      uneasyUntil = steps + UNEASY_STEPS;
    }
    for (String node : reachable) {
      if (!present.contains(node) && !getNodes().contains(node)) {
        cluster.forget(node);
      }
    }
  }

  private void mend(SharedRegistrations cluster, Repairs repairs) {
    long back = repairs.missing().stream().filter(own::has).filter(cluster::put).count();
    long gone = repairs.stale().stream().filter(this::gone).filter(cluster::remove).count();
    if (back + gone > 0) {
      uneasyUntil = steps + UNEASY_STEPS;
      put.increment((double) back);
      removed.increment((double) gone);
      LOG.atInfo()
          .addKeyValue("put", back)
          .addKeyValue("removed", gone)
          .log("registrations mended");
    }
  }

  private boolean gone(Entry entry) {
    String node = entry.registration().nodeId();
    return node.equals(getNodeId()) ? !own.has(entry) : !getNodes().contains(node);
  }

  /**
   * The event bus keeps who listens where by the map's events, and events get lost in a cut. It is
   * told where it knows otherwise, and every few rounds in any case; but only of what has not
   * changed since the last round: of the rest its own events tell.
   */
  private void tell(Map<String, Set<RegistrationInfo>> now) {
    boolean all = steps % CALM_STEPS == 0;
    Set<String> addresses = new HashSet<>(told.keySet());
    addresses.addAll(now.keySet());
    for (String address : addresses) {
      Set<RegistrationInfo> listeners = now.getOrDefault(address, Set.of());
      boolean settled = listeners.equals(seen.getOrDefault(address, Set.of()));
      if (settled && (all || !listeners.equals(told.getOrDefault(address, Set.of())))) {
        tell(address, listeners);
      }
    }
    if (!now.equals(seen)) {
      uneasyUntil = Math.max(uneasyUntil, steps + 2);
    }
    seen = now;
  }

  private void tell(String address, Set<RegistrationInfo> listeners) {
    RegistrationListener bus = listener;
    if (bus != null && bus.wantsUpdatesFor(address)) {
      bus.registrationsUpdated(new RegistrationUpdateEvent(address, List.copyOf(listeners)));
    }
  }

  /** What the event bus is told, by whomever. */
  private final class Told implements RegistrationListener {
    private final RegistrationListener bus;

    Told(RegistrationListener bus) {
      this.bus = bus;
    }

    @Override
    public boolean wantsUpdatesFor(String address) {
      return bus.wantsUpdatesFor(address);
    }

    @Override
    public void registrationsUpdated(RegistrationUpdateEvent event) {
      note(event.address(), event.registrations());
      bus.registrationsUpdated(event);
    }

    @Override
    public void registrationsLost() {
      bus.registrationsLost();
    }
  }

  private void note(String address, @Nullable List<RegistrationInfo> registrations) {
    if (registrations == null || registrations.isEmpty()) {
      told.remove(address);
    } else {
      told.put(address, Set.copyOf(registrations));
    }
  }
}
