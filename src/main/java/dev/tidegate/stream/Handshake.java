package dev.tidegate.stream;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The upgrade's arithmetic: RFC 6455 section 4.2 and RFC 7692 section 7.1. */
final class Handshake {
  /** What we answer to every offer of compression that we can meet. */
  static final String DEFLATE =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Handshake() {}

  static boolean validKey(@Nullable String key) {
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

  /** The extension that we agree to, or null. Offers come in the client's order of preference. */
  static @Nullable String extension(@Nullable String offers) {
    if (offers == null) {
      return null;
    }
    for (String offer : offers.split(",")) {
      String agreed = deflate(offer);
      if (agreed != null) {
        return agreed;
      }
    }
    return null;
  }

  private static @Nullable String deflate(String offer) {
    String[] parts = offer.split(";");
    if (!parts[0].trim().equals("permessage-deflate")) {
      return null;
    }
    String answer = DEFLATE;
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].trim().split("=", 2);
      String value = parameter.length == 1 ? "" : parameter[1].trim().replace("\"", "");
      boolean known =
          switch (parameter[0].trim()) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
            case "client_max_window_bits" -> value.isEmpty() || value.matches("[89]|1[0-5]");
            // The JDK compresses with the full window only.
            case "server_max_window_bits" -> value.equals("15");
            default -> false;
          };
      if (!known) {
        return null;
      }
      if (parameter[0].trim().equals("server_max_window_bits")) {
        answer += "; server_max_window_bits=15";
      }
    }
    return answer;
  }

  /** The answer that ends HTTP on the connection. */
  static byte[] response(String key, @Nullable String extension, @Nullable Codec codec) {
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
      text.append("Sec-WebSocket-Extensions: ").append(extension).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
