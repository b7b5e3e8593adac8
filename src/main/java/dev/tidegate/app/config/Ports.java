package dev.tidegate.app.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses free ports and holds them until the process ends. A port that is let go can become the
 * local port of any connection that is made before the listener is up, the node's own included. A
 * socket that is bound but neither listens nor connects keeps it from that, and lets listeners that
 * reuse addresses have it.
 */
public final class Ports {
  private static final List<Socket> HELD = new ArrayList<>();

  private Ports() {}

  public static synchronized int take() throws ConfigException {
    Socket holder = new Socket();
    HELD.add(holder);
    try {
      holder.setReuseAddress(true);
      holder.bind(new InetSocketAddress(0)); // free on every address, whichever is listened on
      return holder.getLocalPort();
    } catch (IOException e) {
      throw new ConfigException("no free port: " + e.getMessage());
    }
  }
}
