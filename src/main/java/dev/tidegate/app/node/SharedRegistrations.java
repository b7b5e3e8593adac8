package dev.tidegate.app.node;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.multimap.MultiMap;
import dev.tidegate.app.node.Registrations.Entry;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the cluster shares about the event bus, in the maps and the form of vertx-hazelcast: an
 * upgrade that changes them is mended here. Everything waits for other nodes.
 */
final class SharedRegistrations {
  private final MultiMap<String, HazelcastRegistrationInfo> registrations;
  private final IMap<String, Object> nodes;

  SharedRegistrations(HazelcastInstance hazelcast) {
    registrations = hazelcast.getMultiMap("__vertx.subs");
    nodes = hazelcast.getMap("__vertx.nodeInfo");
  }

  /** Who listens at each address. */
  Map<String, Set<RegistrationInfo>> read() {
    Map<String, Set<RegistrationInfo>> all = new HashMap<>();
    for (Map.Entry<String, HazelcastRegistrationInfo> one : registrations.entrySet()) {
      all.computeIfAbsent(one.getKey(), at -> new HashSet<>()).add(one.getValue().unwrap());
    }
    return all;
  }

  /** Whether it was missing. */
  boolean put(Entry entry) {
    return registrations.put(entry.address(), wire(entry));
  }

  /** Whether it was there. */
  boolean remove(Entry entry) {
    return registrations.remove(entry.address(), wire(entry));
  }

  private static HazelcastRegistrationInfo wire(Entry entry) {
    return new HazelcastRegistrationInfo(entry.registration());
  }

  /** The nodes whose event bus has an address. */
  Set<String> reachable() {
    return nodes.keySet();
  }

  void forget(String node) {
    nodes.delete(node);
  }
}
