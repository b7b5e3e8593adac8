package dev.tidegate.net;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/**
 * Headers whose values are lists (RFC 9110, section 5.6.1): they come in one line or in several,
 * and commas in quotes part nothing.
 */
public final class HeaderLists {
  private static final int WHOLE = 1_000;

  private HeaderLists() {}

  /** The elements of all lines in turn, without those that are empty. */
  public static List<String> elements(MultiMap headers, CharSequence name) {
    if (!headers.contains(name)) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    headers.getAll(name).forEach(line -> all.addAll(split(line, ',')));
    return all;
  }

  /** What stands between the separators, apart from those in quotes; trimmed, none of it empty. */
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : separator;
      if (i == text.length() || (c == separator && !quoted)) {
        String part = text.substring(from, i).strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        from = i + 1;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      }
    }
    return parts;
  }

  /** Whether the list has the element, in any case and with any parameters. */
  public static boolean has(MultiMap headers, CharSequence name, String element) {
    return elements(headers, name).stream().anyMatch(one -> names(one, element));
  }

  /** Whether the element is the name, in any case and with any parameters. */
  public static boolean names(String element, String name) {
    int end = element.indexOf(';');
    return element.substring(0, end < 0 ? element.length() : end).strip().equalsIgnoreCase(name);
  }

  /**
   * How much Accept wants the media type, in thousandths; 0 when it wants it not at all or does not
   * name it: what a wildcard takes is what is given to all.
   */
  public static int quality(MultiMap headers, String type) {
    int most = 0;
    for (String element : elements(headers, HttpHeaders.ACCEPT)) {
      if (names(element, type)) {
        most = Math.max(most, quality(element));
      }
    }
    return most;
  }

  /** How much the element is wanted, in thousandths; a weight that cannot be read is none. */
  public static int quality(String element) {
    for (String parameter : split(element, ';')) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("q")) {
        String weight = parameter.substring(equals + 1).strip();
        return weight.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?")
            ? (int) Math.round(Double.parseDouble(weight) * WHOLE)
            : WHOLE;
      }
    }
    return WHOLE;
  }

  /** Whether If-None-Match has the entity tag, strong or weak (RFC 9110, section 13.1.2). */
  public static boolean noneMatchHas(MultiMap headers, String tag) {
    return elements(headers, HttpHeaders.IF_NONE_MATCH).stream()
        .anyMatch(one -> one.equals("*") || one.equals(tag) || one.equals("W/" + tag));
  }
}
