package dev.tidegate.app.node;

import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where this node listens on the event bus, and how what the cluster's map says of it differs. Each
 * node answers for its own registrations; those of nodes that are gone are anybody's to remove.
 * Safe for all threads.
 */
final class Registrations {
  /** Of one consumer at one address. */
  record Entry(String address, RegistrationInfo registration) {}

  /** What the cluster's map lacks of this node's, and what it has of nobody. */
  record Repairs(List<Entry> missing, List<Entry> stale) {
    boolean none() {
      return missing.isEmpty() && stale.isEmpty();
    }
  }

  private final Map<String, Set<RegistrationInfo>> own = new ConcurrentHashMap<>();

  void add(String address, RegistrationInfo registration) {
    own.compute(
        address,
        (at, before) -> {
          Set<RegistrationInfo> now = before == null ? new HashSet<>() : new HashSet<>(before);
          now.add(registration);
          return Set.copyOf(now);
        });
  }

  void remove(String address, RegistrationInfo registration) {
    own.computeIfPresent(
        address,
        (at, before) -> {
          Set<RegistrationInfo> now = new HashSet<>(before);
          now.remove(registration);
          return now.isEmpty() ? null : Set.copyOf(now);
        });
  }

  boolean has(Entry entry) {
    return own.getOrDefault(entry.address, Set.of()).contains(entry.registration);
  }

  /**
   * @param shared what the cluster's map says
   * @param self this node
   * @param members the nodes that there are, this one among them
   */
  Repairs compare(
      Map<String, Set<RegistrationInfo>> shared, String self, Collection<String> members) {
    List<Entry> missing = new ArrayList<>();
    List<Entry> stale = new ArrayList<>();
    own.forEach(
        (address, registrations) ->
            registrations.stream()
                .filter(one -> !one.localOnly())
                .filter(one -> !shared.getOrDefault(address, Set.of()).contains(one))
                .forEach(one -> missing.add(new Entry(address, one))));
    shared.forEach(
        (address, registrations) -> {
          for (RegistrationInfo one : registrations) {
            Entry entry = new Entry(address, one);
            if (one.nodeId().equals(self) ? !has(entry) : !members.contains(one.nodeId())) {
              stale.add(entry);
            }
          }
        });
    return new Repairs(missing, stale);
  }

  /**
   * Who listens at each address once the repairs are made, consumers of this node alone included.
   */
  Map<String, Set<RegistrationInfo>> listeners(
      Map<String, Set<RegistrationInfo>> shared, Repairs repairs) {
    Map<String, Set<RegistrationInfo>> all = new HashMap<>();
    shared.forEach((address, registrations) -> all.put(address, new HashSet<>(registrations)));
    repairs.stale.forEach(
        entry -> all.getOrDefault(entry.address, new HashSet<>()).remove(entry.registration));
    own.forEach(
        (address, registrations) ->
            all.computeIfAbsent(address, at -> new HashSet<>()).addAll(registrations));
    return all;
  }
}
