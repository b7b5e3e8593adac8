package dev.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are given a number before they start. They lie below those that systems
 * hand out to outgoing connections, so that nobody gets one by chance while its server is not up.
 */
public final class Ports {
  private static final int FIRST = 15_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 200;

  private Ports() {}

  static int free() {
    return free(1);
  }

  /** The first of so many free ports in a row. */
  public static int free(int count) {
    for (int i = 0; i < TRIES; i++) {
      int first = ThreadLocalRandom.current().nextInt(FIRST, LAST - count);
      if (allFree(first, count)) {
        return first;
      }
    }
    throw new UncheckedIOException(
        new IOException("no " + count + " free ports in a row in " + FIRST + ".." + LAST));
  }

  private static boolean allFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        socket.getLocalPort();
      } catch (IOException taken) {
        return false;
      }
    }
    return true;
  }
}
