package dev.tidegate.net;

/** Words of the protocol, such as methods and the names of headers (RFC 9110, section 5.6.2). */
public final class HttpTokens {
  private HttpTokens() {}

  /** Whether it is a token. */
  public static boolean token(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
