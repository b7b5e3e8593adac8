package dev.tidegate.admin;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener.
 *
 * @param host the address to bind; anything but loopback needs a token
 * @param port 0 for any free port
 * @param token what {@code Authorization: Bearer} must carry; null lets every local caller in
 */
public record AdminConfig(
    @Default("127.0.0.1") String host, @Default("9090") int port, @Nullable String token) {
  private static final int MIN_TOKEN = 16;

  public AdminConfig {
    Check.port("port", port);
    Check.secret(token == null || token.length() >= MIN_TOKEN, "token", "at least 16 characters");
    Check.that(
        token != null || isLoopback(host),
        "host",
        host,
        "a loopback address, or a token beside it");
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
