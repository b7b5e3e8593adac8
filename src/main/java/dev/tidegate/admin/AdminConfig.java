package dev.tidegate.admin;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener.
 *
 * @param host the address to bind; anything but loopback needs a token
 * @param port 0 for any free port
 * @param token what {@code Authorization: Bearer} must carry; null lets every local caller in
 */
public record AdminConfig(@Nullable String host, @Nullable Integer port, @Nullable String token) {
  private static final int MIN_TOKEN = 16;

  public AdminConfig {
    host = host == null ? "127.0.0.1" : host;
    port = port == null ? 9090 : port;
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected 0..65535)");
    }
    if (token != null && token.length() < MIN_TOKEN) {
      throw new IllegalArgumentException("token: ... (expected at least 16 characters)");
    }
    if (token == null && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "host: " + host + " (expected a loopback address, or a token beside it)");
    }
  }

  @Override
  public String host() {
    return Objects.requireNonNull(host); // set by the constructor
  }

  @Override
  public Integer port() {
    return Objects.requireNonNull(port); // set by the constructor
  }

  static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name may resolve to anything
    }
  }

  @Override
  public String toString() {
    return "AdminConfig[host="
        + host
        + ", port="
        + port
        + ", token="
        + (token == null ? "none" : "***")
        + "]";
  }
}
