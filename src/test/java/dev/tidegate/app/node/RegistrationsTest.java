package dev.tidegate.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.app.node.Registrations.Entry;
import dev.tidegate.app.node.Registrations.Repairs;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whatever a cluster's map has lost or kept, the nodes' repairs make it what they registered. */
class RegistrationsTest {
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final List<String> GONE = List.of("x", "y");

  private final Random chance = new Random(3);
  private final Map<String, Registrations> own = new TreeMap<>();
  private final Map<String, Set<RegistrationInfo>> wanted = new HashMap<>();
  private final Map<String, Set<RegistrationInfo>> shared = new HashMap<>();

  @Test
  void repairsOfAllNodesMakeTheMapWhatTheyRegistered() {
    NODES.forEach(node -> own.put(node, new Registrations()));
    for (int round = 0; round < 300; round++) {
      for (int i = 0; i < 20; i++) {
        change(address(), new RegistrationInfo(one(NODES), chance.nextInt(4), false));
      }
      for (int i = 0; i < 10; i++) {
        breakOne(address());
      }
      NODES.forEach(node -> repair(node, repairs(node)));
      assertThat(NODES).allMatch(node -> repairs(node).none());
      assertThat(filled(shared)).isEqualTo(filled(wanted));
    }
  }

  @Test
  void whoListensIsKnownBeforeTheRepairsAreMade() {
    Registrations here = new Registrations();
    RegistrationInfo lost = new RegistrationInfo("a", 1, false);
    RegistrationInfo inside = new RegistrationInfo("a", 2, true);
    RegistrationInfo other = new RegistrationInfo("b", 1, false);
    RegistrationInfo dead = new RegistrationInfo("x", 1, false);
    here.add("p", lost);
    here.add("q", inside);
    Map<String, Set<RegistrationInfo>> map = Map.of("p", Set.of(other, dead));
    Repairs repairs = here.compare(map, "a", NODES);
    assertThat(repairs.missing()).containsExactly(new Entry("p", lost));
    assertThat(repairs.stale()).containsExactly(new Entry("p", dead));
    assertThat(here.listeners(map, repairs))
        .isEqualTo(Map.of("p", Set.of(lost, other), "q", Set.of(inside)));
  }

  private void change(String address, RegistrationInfo one) {
    Registrations node = own.get(one.nodeId());
    Set<RegistrationInfo> at = wanted.computeIfAbsent(address, a -> new HashSet<>());
    if (at.remove(one)) {
      node.remove(address, one);
      shared.computeIfAbsent(address, a -> new HashSet<>()).remove(one);
    } else {
      at.add(one);
      node.add(address, one);
      shared.computeIfAbsent(address, a -> new HashSet<>()).add(one);
    }
  }

  /** The map loses what is there, or has what nobody registered, or somebody who is gone. */
  private void breakOne(String address) {
    Set<RegistrationInfo> at = shared.computeIfAbsent(address, a -> new HashSet<>());
    String node = chance.nextBoolean() ? one(NODES) : one(GONE);
    RegistrationInfo one = new RegistrationInfo(node, chance.nextInt(4), false);
    if (!at.remove(one)) {
      at.add(one);
    }
  }

  private Repairs repairs(String node) {
    return own.get(node).compare(shared, node, NODES);
  }

  private void repair(String node, Repairs repairs) {
    for (Entry entry : repairs.missing()) {
      assertThat(entry.registration().nodeId()).isEqualTo(node);
      shared.computeIfAbsent(entry.address(), a -> new HashSet<>()).add(entry.registration());
    }
    repairs.stale().forEach(entry -> shared.get(entry.address()).remove(entry.registration()));
  }

  private static Map<String, Set<RegistrationInfo>> filled(Map<String, Set<RegistrationInfo>> map) {
    Map<String, Set<RegistrationInfo>> filled = new HashMap<>(map);
    filled.values().removeIf(Set::isEmpty);
    return filled;
  }

  private String address() {
    return "address-" + chance.nextInt(5);
  }

  private String one(List<String> of) {
    return of.get(chance.nextInt(of.size()));
  }
}
