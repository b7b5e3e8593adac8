package dev.tidegate;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the classes that all need each other: the strongly connected components of the graph of
 * top-level classes (nested ones count as theirs), after Tarjan, "Depth-first search and linear
 * graph algorithms" (1972).
 */
final class ClassCycles {
  private final Map<String, Set<String>> graph;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> lowest = new HashMap<>();
  private final Deque<String> path = new ArrayDeque<>();
  private final Set<String> onPath = new HashSet<>();
  private final List<Set<String>> found = new ArrayList<>();

  private ClassCycles(Map<String, Set<String>> graph) {
    this.graph = graph;
  }

  /** Each group of two or more. */
  static List<Set<String>> in(Iterable<JavaClass> classes) {
    Map<String, Set<String>> graph = new TreeMap<>();
    for (JavaClass type : classes) {
      graph.computeIfAbsent(top(type), name -> new TreeSet<>());
    }
    for (JavaClass type : classes) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = top(dependency.getTargetClass().getBaseComponentType());
        if (graph.containsKey(target) && !target.equals(top(type))) {
          graph.get(top(type)).add(target);
        }
      }
    }
    return of(graph);
  }

  static List<Set<String>> of(Map<String, Set<String>> graph) {
    ClassCycles search = new ClassCycles(graph);
    for (String node : graph.keySet()) {
      if (!search.numbers.containsKey(node)) {
        search.visit(node);
      }
    }
    return search.found;
  }

  private void visit(String node) {
    int number = numbers.size();
    numbers.put(node, number);
    lowest.put(node, number);
    path.push(node);
    onPath.add(node);
    for (String next : graph.get(node)) {
      if (!numbers.containsKey(next)) {
        visit(next);
        lowest.merge(node, lowest.get(next), Math::min);
      } else if (onPath.contains(next)) {
        lowest.merge(node, numbers.get(next), Math::min);
      }
    }
    if (lowest.get(node) == number) {
      Set<String> group = new TreeSet<>();
      String member;
      do {
        member = path.pop();
        onPath.remove(member);
        group.add(member);
      } while (!member.equals(node));
      if (group.size() > 1) {
        found.add(group);
      }
    }
  }

  private static String top(JavaClass type) {
    String name = type.getName();
    int dollar = name.indexOf('$');
    return dollar < 0 ? name : name.substring(0, dollar);
  }
}
