package dev.tidegate.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file's content without what was found wrong with it, so that the rest can be looked at too.
 * Paths are those of the whole file, also when an element before them was taken out.
 */
final class Remainder {
  private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[(\\d+)]");

  private final JsonNode root;

  /** Which elements of a list were taken out, by the list's path. */
  private final Map<String, TreeSet<Integer>> gone = new TreeMap<>();

  private final List<String> taken = new ArrayList<>();

  Remainder(JsonNode root) {
    this.root = root;
  }

  JsonNode root() {
    return root;
  }

  /** Whether elements of lists are missing, to which others may refer. */
  boolean lacksElements() {
    return !gone.isEmpty();
  }

  /** What is there now, or null. */
  @Nullable JsonNode at(String path) {
    JsonNode at = root;
    Matcher step = STEP.matcher(path);
    while (at != null && step.find()) {
      at = step(at, step);
    }
    return at;
  }

  /**
   * Whether what is said of the path only follows from what was taken out before: of a part of it,
   * or of its neighbours when it is not in the file itself.
   *
   * @param path in the whole file, like the following
   */
  boolean explains(String path, boolean inFile) {
    String around = inFile ? path : parent(path);
    for (String each : taken) {
      if (each.startsWith(around) && (inFile || !around.isEmpty())) {
        return true;
      }
    }
    return false;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
  }

  /** The path in the whole file of what is at the path now. */
  String whole(String path) {
    StringBuilder whole = new StringBuilder();
    Matcher step = STEP.matcher(path);
    while (step.find()) {
      if (step.group(1) != null) {
        whole.append(whole.isEmpty() ? "" : ".").append(step.group(1));
      } else {
        int index = Integer.parseInt(step.group(2));
        for (int each : gone.getOrDefault(whole.toString(), new TreeSet<>())) {
          index += each <= index ? 1 : 0;
        }
        whole.append('[').append(index).append(']');
      }
    }
    return whole.toString();
  }

  /** Takes out what is there, or the nearest that it is part of; false when nothing is left. */
  boolean takeOut(String path) {
    List<JsonNode> nodes = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    JsonNode at = root;
    Matcher step = STEP.matcher(path);
    int end = 0;
    while (step.find()) {
      JsonNode next = step(at, step);
      if (next == null) {
        break;
      }
      nodes.add(at);
      paths.add(path.substring(0, end));
      steps.add(step.group(1) != null ? step.group(1) : step.group(2));
      at = next;
      end = step.end();
    }
    if (nodes.isEmpty()) {
      return false;
    }
    taken.add(whole(path));
    remove(nodes.getLast(), steps.getLast(), paths.getLast());
    return true;
  }

  private static @Nullable JsonNode step(JsonNode at, Matcher step) {
    return step.group(1) != null ? at.get(step.group(1)) : at.get(Integer.parseInt(step.group(2)));
  }

  private void remove(JsonNode from, String step, String path) {
    if (from instanceof ObjectNode object) {
      object.remove(step);
    } else if (from instanceof ArrayNode array) {
      int index = Integer.parseInt(step);
      String list = whole(path);
      int was = Integer.parseInt(whole(path + "[" + index + "]").replaceAll(".*\\[(\\d+)]$", "$1"));
      array.remove(index);
      gone.computeIfAbsent(list, none -> new TreeSet<>()).add(was);
    }
  }
}
