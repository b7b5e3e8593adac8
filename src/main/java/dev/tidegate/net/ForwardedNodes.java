package dev.tidegate.net;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads who the elements of a Forwarded header (RFC 7239, section 4) are for, first to last. */
final class ForwardedNodes {
  /** Stands for an element that names no address. */
  static final String HIDDEN = "";

  private final String text;
  private int at;

  private ForwardedNodes(String text) {
    this.text = text;
  }

  /** One for each element; empty when the header is malformed, for then nothing of it is known. */
  static List<String> in(String header) {
    ForwardedNodes reader = new ForwardedNodes(header);
    List<String> all = new ArrayList<>();
    do {
      String node = reader.element();
      if (node == null) {
        return List.of();
      }
      all.add(node);
    } while (reader.skips(','));
    return reader.at < header.length() ? List.of() : all;
  }

  /** The node of one element, or null when it is malformed. */
  private @Nullable String element() {
    String node = HIDDEN;
    boolean named = false;
    do {
      blanks();
      String name = token();
      if (name.isEmpty()) {
        continue; // an empty pair, which the grammar allows
      }
      if (at >= text.length() || text.charAt(at++) != '=') {
        return null;
      }
      String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
      if (value == null || value.isEmpty()) {
        return null;
      }
      if (name.equalsIgnoreCase("for")) {
        if (named) {
          return null;
        }
        named = true;
        node = address(value);
      }
      blanks();
    } while (skips(';'));
    return node;
  }

  private boolean skips(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void blanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private String token() {
    int from = at;
    while (at < text.length() && tokenChar(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  private static boolean tokenChar(char c) {
    return c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }

  private @Nullable String quoted() {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\') {
        if (at == text.length()) {
          return null;
        }
        c = text.charAt(at++);
      }
      value.append(c);
    }
    return null;
  }

  /** Without brackets and port; {@code unknown} and {@code _names} are hidden. */
  private static String address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      boolean good = end > 0 && (end == node.length() - 1 || node.charAt(end + 1) == ':');
      return good ? node.substring(1, end) : HIDDEN;
    }
    int colon = node.indexOf(':');
    return colon < 0 ? node : node.substring(0, colon);
  }
}
