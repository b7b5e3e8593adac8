package dev.tidegate.ingress.exchange;

/** What may stand for a host: a name or an address, and perhaps a port (RFC 3986, 3.2.2). */
final class Hosts {
  private Hosts() {}

  /** Empty is valid: a caller need not know the name of whom it asks. */
  static boolean valid(String host) {
    if (host.isEmpty()) {
      return true;
    }
    int end = host.charAt(0) == '[' ? host.indexOf(']') + 1 : name(host);
    return end > 0 && port(host, end);
  }

  /** Where a name ends; 0 when there is none. */
  private static int name(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == ':') {
        return i;
      }
      if (c <= ' ' || c >= 127 || "/@?#\\\",[]<>^`{|}".indexOf(c) >= 0) {
        return 0;
      }
    }
    return host.length();
  }

  private static boolean port(String host, int from) {
    if (from == host.length()) {
      return address(host, from);
    }
    for (int i = from + 1; i < host.length(); i++) {
      if (host.charAt(i) < '0' || host.charAt(i) > '9') {
        return false;
      }
    }
    return host.charAt(from) == ':' && host.length() - from <= 6 && address(host, from);
  }

  /** Between brackets stand the digits of an IPv6 address; outside of them anything that passed. */
  private static boolean address(String host, int end) {
    if (host.charAt(0) != '[') {
      return true;
    }
    for (int i = 1; i < end - 1; i++) {
      char c = host.charAt(i);
      if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return end > 3;
  }
}
