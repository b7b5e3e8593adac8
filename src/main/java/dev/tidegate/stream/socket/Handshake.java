package dev.tidegate.stream.socket;

import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Deflate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The upgrade's arithmetic: RFC 6455 section 4.2 and RFC 7692 section 7.1. */
public final class Handshake {
  /** What we answer to every offer of compression that we can meet. */
  public static final String DEFLATE =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final Pattern WINDOW = Pattern.compile("[89]|1[0-5]");

  private Handshake() {}

  public static boolean validKey(@Nullable String key) {
    try {
      return key != null && Base64.getDecoder().decode(key.trim()).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key.trim() + MAGIC).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-1
    }
  }

  /**
   * Compression as agreed.
   *
   * @param answer the extension that the client is told
   * @param bits the window within which it inflates
   */
  public record Agreed(String answer, int bits) {}

  /** What we agree to, or null. Offers come in the client's order of preference. */
  public static @Nullable Agreed extension(List<String> headers) {
    for (String header : headers) {
      for (String offer : header.split(",")) {
        Agreed agreed = deflate(offer);
        if (agreed != null) {
          return agreed;
        }
      }
    }
    return null;
  }

  /** An offer with a parameter that is unknown, wrong or there twice is declined as a whole. */
  private static @Nullable Agreed deflate(String offer) {
    String[] parts = offer.split(";");
    if (!parts[0].trim().equals("permessage-deflate")) {
      return null;
    }
    String answer = DEFLATE;
    int bits = Deflate.FULL;
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].trim().split("=", 2);
      String name = parameter[0].trim();
      String value = parameter.length == 1 ? null : unquoted(parameter[1].trim());
      boolean fine =
          switch (name) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
            case "client_max_window_bits" -> value == null || WINDOW.matcher(value).matches();
            case "server_max_window_bits" -> value != null && WINDOW.matcher(value).matches();
            default -> false;
          };
      if (!fine || !seen.add(name)) {
        return null;
      }
      if (name.equals("server_max_window_bits")) {
        bits = Integer.parseInt(value);
        answer += "; server_max_window_bits=" + bits;
      }
    }
    return new Agreed(answer, bits);
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** The answer that ends HTTP on the connection. */
  public static byte[] response(String key, @Nullable Agreed extension, @Nullable Codec codec) {
    StringBuilder text =
        new StringBuilder(200)
            .append("HTTP/1.1 101 Switching Protocols\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
            .append(accept(key))
            .append("\r\n");
    if (codec != null) {
      text.append("Sec-WebSocket-Protocol: ").append(codec.protocol).append("\r\n");
    }
    if (extension != null) {
      text.append("Sec-WebSocket-Extensions: ").append(extension.answer()).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
