package dev.tidegate.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lines between two nodes, which a test cuts in one direction or both: what is sent meanwhile
 * is neither delivered nor refused, as in a network that loses it, and arrives after the mending.
 * Each node is known to the other by an address at which this listens.
 */
public final class CutLines implements AutoCloseable {
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<ServerSocket> listeners = ConcurrentHashMap.newKeySet();
  private final Lock lock = new ReentrantLock();
  private final Condition mended = lock.newCondition();
  private final boolean[] cutFrom = new boolean[2];
  private volatile boolean closed;

  /** Where both nodes listen, on ports of their own. */
  private static final String BOUND = "127.0.0.1";

  /** Where the other one finds it, at the same port. */
  static String announced(int node) {
    return "127.0.1." + (11 + node);
  }

  /** Passes on what comes to this port of the node. */
  void lead(int node, int port) throws IOException {
    ServerSocket listener = new ServerSocket(port, 50, InetAddress.getByName(announced(node)));
    listeners.add(listener);
    Thread.ofVirtual().start(() -> accept(listener, node));
  }

  /** Nothing that the node sends arrives at the other. */
  public void cut(int from) {
    set(from, true);
  }

  public void mend() {
    set(0, false);
    set(1, false);
  }

  private void set(int from, boolean cut) {
    lock.lock();
    try {
      cutFrom[from] = cut;
      mended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pass(int from) throws InterruptedException {
    lock.lock();
    try {
      while (cutFrom[from] && !closed) {
        mended.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void accept(ServerSocket listener, int to) {
    while (!closed) {
      try {
        Socket in = listener.accept();
        Thread.ofVirtual().start(() -> connect(in, to, listener.getLocalPort()));
      } catch (IOException e) {
        return; // it was closed
      }
    }
  }

  /** Who calls a node is the other one. */
  private void connect(Socket in, int to, int port) {
    sockets.add(in);
    Socket out = null;
    try {
      pass(1 - to);
      out = new Socket(BOUND, port);
      sockets.add(out);
      Socket callee = out;
      Thread.ofVirtual().start(() -> pump(callee, in, to));
      pump(in, callee, 1 - to);
    } catch (IOException e) {
      end(in, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Socket from, Socket to, int node) {
    byte[] bytes = new byte[16_384];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = read(in, bytes); ; read = read(in, bytes)) {
        pass(node);
        if (read < 0) {
          return;
        }
        out.write(bytes, 0, read);
      }
    } catch (IOException e) {
      return; // the callee has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from, to);
    }
  }

  /** What has ended says so no sooner than the line carries it. */
  private static int read(InputStream in, byte[] bytes) {
    try {
      return in.read(bytes);
    } catch (IOException e) {
      return -1;
    }
  }

  private void end(Socket one, @Nullable Socket other) {
    sockets.remove(one);
    close(one);
    if (other != null) {
      sockets.remove(other);
      close(other);
    }
  }

  @Override
  public void close() {
    closed = true;
    mend();
    listeners.forEach(CutLines::close);
    sockets.forEach(CutLines::close);
  }

  private static void close(Closeable one) {
    try {
      one.close();
    } catch (IOException e) {
      return; // it is as good as closed
    }
  }
}
