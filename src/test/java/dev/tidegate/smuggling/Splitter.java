package dev.tidegate.smuggling;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * An upstream that is several servers: every byte of the gateway goes to each of them, and the
 * gateway has its answer when each has answered once. What they have read is compared.
 */
public final class Splitter implements AutoCloseable {
  private final Parsers parsers;
  private final long silenceMillis;
  private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final Map<String, Sighting> seen = new ConcurrentHashMap<>();
  private final List<String> disagreements = new CopyOnWriteArrayList<>();
  private final AtomicIntegerArray refusals;

  /**
   * Starts the servers too.
   *
   * @param silenceMillis how long after the first of them the last may answer
   */
  public Splitter(long silenceMillis) throws Exception {
    this.silenceMillis = silenceMillis;
    parsers = new Parsers();
    refusals = new AtomicIntegerArray(parsers.names().size());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The servers that read. */
  public List<String> names() {
    return parsers.names();
  }

  /** Those that are not installed here. */
  public List<String> missing() {
    return parsers.missing();
  }

  /** What differed. */
  public List<String> disagreements() {
    return disagreements;
  }

  /** How often each server would not take what the gateway took. */
  public String refusals() {
    return refusals.toString();
  }

  /** How many requests arrived whole. */
  public int requests() {
    return seen.size();
  }

  /**
   * Holds the gateway's own account of a request to what arrived; what differs is a disagreement.
   */
  public void compare(String requestId, String method, String path, String route) {
    Sighting sighting = seen.get(requestId);
    String account = requestId + " " + method + " " + path + " " + route;
    if (sighting == null) {
      disagreements.add("answered by nobody: " + account);
    } else if (!sighting.method().equals(method)
        || !sighting.target().split("\\?", 2)[0].equals(path)
        || !sighting.route().equals(route)) {
      disagreements.add("gateway " + account + ", servers " + sighting);
    }
  }

  /** Whether a request with this id arrived whole. */
  public boolean arrived(String requestId) {
    return seen.containsKey(requestId);
  }

  /** The ids of the requests that arrived whole. */
  public Collection<String> ids() {
    return seen.keySet();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket gateway) {
    List<Socket> sockets = new ArrayList<>();
    try (gateway) {
      gateway.setTcpNoDelay(true);
      for (int port : parsers.ports()) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        sockets.add(socket);
      }
      new Link(gateway, sockets).run();
    } catch (IOException e) {
      // the gateway has closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      for (Socket socket : sockets) {
        closeQuietly(socket);
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is closed
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    parsers.close();
  }

  /**
   * What a server has answered.
   *
   * @param end whether it has closed
   * @param sighting what it has read; nothing when it has refused
   */
  private record Said(int parser, boolean end, @Nullable Sighting sighting, String head) {}

  /** A connection of the gateway, and its likes to all servers. */
  private final class Link {
    private final Socket gateway;
    private final List<Socket> sockets;
    private final LinkedBlockingQueue<Said> said = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private int turn;

    /** The gateway has broken off: a server may have closed before it came to answer. */
    private volatile boolean gone;

    Link(Socket gateway, List<Socket> sockets) {
      this.gateway = gateway;
      this.sockets = sockets;
    }

    void run() throws IOException, InterruptedException {
      Thread.ofVirtual().start(this::forward);
      for (int i = 0; i < sockets.size(); i++) {
        int parser = i;
        Thread.ofVirtual().start(() -> listen(parser));
      }
      while (turn()) {}
    }

    private void forward() {
      byte[] bytes = new byte[65_536];
      try {
        InputStream in = gateway.getInputStream();
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          synchronized (sent) {
            sent.write(bytes, 0, n);
          }
          for (Socket socket : sockets) {
            write(socket, bytes, n);
          }
        }
      } catch (IOException e) {
        // as if it had ended
      }
      gone = true;
      for (Socket socket : sockets) {
        end(socket);
      }
    }

    private void write(Socket socket, byte[] bytes, int n) {
      try {
        socket.getOutputStream().write(bytes, 0, n);
      } catch (IOException e) {
        // it has refused, and says so
      }
    }

    private void end(Socket socket) {
      try {
        socket.shutdownOutput();
      } catch (IOException e) {
        // it has closed
      }
    }

    private void listen(int parser) {
      try {
        InputStream in = sockets.get(parser).getInputStream();
        for (String head = head(in); head != null; head = head(in)) {
          if (head.charAt(9) == '1') {
            continue;
          }
          Sighting sighting = sighting(head);
          said.add(new Said(parser, false, sighting, head));
          if (sighting == null) {
            return;
          }
        }
      } catch (IOException e) {
        // as if it had ended
      }
      said.add(new Said(parser, true, null, "closed"));
    }

    private static @Nullable String head(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      for (int b = in.read(); b >= 0; b = in.read()) {
        head.append((char) b);
        if (b == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
          return head.toString();
        }
      }
      return null;
    }

    private static @Nullable Sighting sighting(String head) {
      int at = head.toLowerCase(Locale.ROOT).indexOf("\r\n" + Sighting.HEADER + ":");
      if (at < 0) {
        return null;
      }
      String value = head.substring(at + Sighting.HEADER.length() + 3, head.indexOf('\r', at + 2));
      return Sighting.parse(value.trim());
    }

    /** Waits for one answer of each server; whether there can be another. */
    private boolean turn() throws IOException, InterruptedException {
      Said[] each = new Said[sockets.size()];
      Said next = said.take();
      int answered = 0;
      boolean ended = false;
      while (next != null) {
        if (each[next.parser()] == null) {
          each[next.parser()] = next;
          answered++;
        } else if (next.end()) {
          ended = true;
        } else {
          disagree("two answers of " + names().get(next.parser()), each, next);
          return false;
        }
        if (answered == each.length) {
          break;
        }
        next = said.poll(silenceMillis, TimeUnit.MILLISECONDS);
      }
      turn++;
      return judge(each, answered == each.length || gone, !ended);
    }

    private boolean judge(Said[] each, boolean whole, boolean open) throws IOException {
      Sighting first = null;
      boolean goesOn = open;
      boolean differ = !whole;
      for (Said one : each) {
        if (one == null || one.sighting() == null) {
          goesOn = false;
        } else {
          first = first == null ? one.sighting() : first;
          differ |= !one.sighting().equals(first) || one.sighting().turn() != turn;
        }
      }
      if (first == null) {
        return false;
      }
      if (differ) {
        disagree("read differently", each, null);
      }
      for (int i = 0; i < each.length; i++) {
        if (each[i] != null && each[i].sighting() == null && !gone) {
          refusals.incrementAndGet(i);
        }
      }
      answer(first, goesOn && !differ);
      return goesOn && !differ;
    }

    private void answer(Sighting sighting, boolean goesOn) throws IOException {
      if (seen.put(sighting.requestId(), sighting) != null) {
        disagreements.add("the same request twice: " + sighting);
      }
      synchronized (sent) {
        sent.reset();
      }
      String mark = sighting.target().replaceAll(".*[?&]c=([0-9a-z-]*).*|.*", "$1");
      String head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Mark: " + mark + "\r\n";
      String end = goesOn ? "\r\n" : "Connection: close\r\n\r\n";
      gateway.getOutputStream().write((head + end).getBytes(ISO_8859_1));
    }

    private void disagree(String what, @Nullable Said[] each, @Nullable Said more) {
      StringBuilder text = new StringBuilder(what).append(" in turn ").append(turn);
      for (int i = 0; i < each.length; i++) {
        Said one = each[i];
        text.append("\n  ").append(names().get(i)).append(": ");
        text.append(one == null ? "silent" : one.sighting() == null ? one.head() : one.sighting());
      }
      if (more != null) {
        text.append("\n  more: ").append(more);
      }
      synchronized (sent) {
        text.append("\n  bytes: ").append(escaped(sent.toString(ISO_8859_1)));
      }
      disagreements.add(text.toString());
    }
  }

  static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\r' -> out.append("\\r");
        case '\n' -> out.append("\\n");
        default ->
            out.append(
                c < ' ' || c > '~' ? String.format("\\x%02x", (int) c) : Character.toString(c));
      }
    }
    return out.toString();
  }
}
