package dev.tidegate.ingress;

import java.io.IOException;

/**
 * Tells that nothing moves any more: not by a while that passes, but by many turns of the gateway,
 * and of what is behind it, that change nothing.
 */
final class Standstill {
  private static final int TURNS = 200;

  private Standstill() {}

  /** How far it is; it may move on by being asked. */
  interface Progress {
    long now() throws IOException;
  }

  /** Where it stands still, or where it has passed the most. The path is proxied. */
  static long of(TestGateway gateway, String path, long most, Progress progress)
      throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      long last = progress.now();
      for (int still = 0; still < TURNS && last < most; ) {
        http.send("GET " + path + " HTTP/1.1\r\nHost: example.com\r\n\r\n").read();
        long now = progress.now();
        still = now == last ? still + 1 : 0;
        last = now;
      }
      return last;
    }
  }
}
