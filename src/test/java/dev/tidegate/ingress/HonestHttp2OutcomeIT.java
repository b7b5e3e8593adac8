package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tidegate.ingress.OutcomeTally.Told;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An HTTP/2 upstream refuses streams, resets them, leaves or dies at any moment, and what callers
 * are told is held to what it has acted on. {@code -Dtidegate.cuts=100000} for the long form.
 */
@Timeout(1_200)
class HonestHttp2OutcomeIT {
  private static final List<Fate> FATES = List.of(Fate.values());
  private static final int ALWAYS = Integer.MAX_VALUE;
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;

  /** What an upstream does to a request, and whether it has acted on it by its own account. */
  private enum Fate {
    ANSWER(true),
    REFUSE(false),
    GOAWAY_BELOW(false),
    GOAWAY_ABOVE(true),
    RESET_AT_ONCE(true),
    CANCEL_AT_THE_END(true),
    RESET_MIDWAY(true),
    CUT_AT_ONCE(true),
    CUT_MIDWAY(true),
    CUT_BEFORE_THE_FIRST_FRAME(false);

    final boolean acts;

    Fate(boolean acts) {
      this.acts = acts;
    }
  }

  private static final class Plan {
    final String method;
    final Fate fate;
    final int times;
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger acted = new AtomicInteger();

    Plan(Random random) {
      method = new String[] {"GET", "PUT", "POST", "POST"}[random.nextInt(4)];
      fate = FATES.get(random.nextInt(FATES.size()));
      times = random.nextInt(4) == 0 ? 1 : ALWAYS;
    }

    /** What happens now; after so many times all is well. */
    Fate next() {
      return attempts.getAndIncrement() < times ? fate : Fate.ANSWER;
    }
  }

  /** Frames by hand: what no library would send. */
  private static final class Upstream implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final int port = server.getLocalPort();
    volatile Plan plan = new Plan(new Random(0));

    Upstream() throws IOException {
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          Plan now = plan;
          if (now.fate == Fate.CUT_BEFORE_THE_FIRST_FRAME && now.attempts.get() < now.times) {
            now.attempts.incrementAndGet();
            socket.close();
            continue;
          }
          sockets.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        } catch (IOException e) {
          return;
        }
      }
    }

    /** Ends all connections, so that the next request needs a new one. */
    void hangUp() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
      sockets.clear();
    }

    private void serve(Socket socket) {
      try (socket) {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        in.readFully(new byte[24]);
        out.write(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
        Fate fate = Fate.ANSWER;
        while (true) {
          int head = in.readInt();
          int flags = in.readUnsignedByte();
          int stream = in.readInt();
          in.readFully(new byte[head >>> 8]);
          int type = head & 0xFF;
          if (type == RawHttp2.SETTINGS && flags == 0) {
            out.write(RawHttp2.frame(RawHttp2.SETTINGS, 1, 0, new byte[0]));
          } else if (type == RawHttp2.HEADERS || type == RawHttp2.DATA) {
            boolean end = (flags & RawHttp2.END_STREAM) != 0;
            if (type == RawHttp2.HEADERS) {
              Plan now = plan;
              fate = now.next();
              now.acted.addAndGet(fate.acts ? 1 : 0);
              if (!begin(fate, out, stream)) {
                leave(fate, socket, in);
                return;
              }
            }
            if (end && !end(fate, out, stream)) {
              leave(fate, socket, in);
              return;
            }
          }
        }
      } catch (IOException e) {
        // the gateway has closed
      } finally {
        sockets.remove(socket);
      }
    }

    /** A goodbye arrives only when what is underway is still read. */
    private static void leave(Fate fate, Socket socket, InputStream in) throws IOException {
      if (fate == Fate.GOAWAY_BELOW || fate == Fate.GOAWAY_ABOVE) {
        socket.shutdownOutput();
        in.transferTo(OutputStream.nullOutputStream());
      }
    }

    /** Upon the request's head; whether the connection goes on. */
    private static boolean begin(Fate fate, OutputStream out, int stream) throws IOException {
      switch (fate) {
        case REFUSE -> reset(out, stream, REFUSED_STREAM);
        case RESET_AT_ONCE -> reset(out, stream, INTERNAL_ERROR);
        case GOAWAY_BELOW -> {
          goAway(out, stream - 2);
          return false;
        }
        case CUT_AT_ONCE -> {
          return false;
        }
        default -> {}
      }
      return true;
    }

    /** Upon the request's end. */
    private static boolean end(Fate fate, OutputStream out, int stream) throws IOException {
      switch (fate) {
        case ANSWER -> {
          head(out, stream);
          data(out, stream, OutcomeTally.BODY, RawHttp2.END_STREAM);
        }
        case GOAWAY_ABOVE -> {
          goAway(out, stream);
          return false;
        }
        case CANCEL_AT_THE_END -> reset(out, stream, CANCEL);
        case RESET_MIDWAY -> {
          head(out, stream);
          data(out, stream, "01234", 0);
          reset(out, stream, INTERNAL_ERROR);
        }
        case CUT_MIDWAY -> {
          head(out, stream);
          data(out, stream, "01234", 0);
          return false;
        }
        default -> {}
      }
      return true;
    }

    private static void head(OutputStream out, int stream) throws IOException {
      byte[] ok = {(byte) 0x88};
      out.write(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, ok));
    }

    private static void data(OutputStream out, int stream, String text, int flags)
        throws IOException {
      out.write(RawHttp2.frame(RawHttp2.DATA, flags, stream, text.getBytes(ISO_8859_1)));
    }

    private static void reset(OutputStream out, int stream, int code) throws IOException {
      out.write(RawHttp2.frame(RawHttp2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, (byte) code}));
    }

    private static void goAway(OutputStream out, int last) throws IOException {
      int stream = Math.max(last, 0);
      byte[] payload = {
        (byte) (stream >> 24),
        (byte) (stream >> 16),
        (byte) (stream >> 8),
        (byte) stream,
        0,
        0,
        0,
        0
      };
      out.write(RawHttp2.frame(RawHttp2.GOAWAY, 0, 0, payload));
    }

    @Override
    public void close() throws IOException {
      server.close();
      hangUp();
    }
  }

  @Test
  void whatCallersAreToldIsWhatTheUpstreamActedOn() throws IOException {
    Random random = new Random(OutcomeTally.SEED);
    OutcomeTally tally = new OutcomeTally();
    try (Upstream upstream = new Upstream();
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(
                    TestGateway.upstreamOf(
                        "backend",
                        "h2: true, outlier: {failures: 0}, retry: {budget: 1000, minPerSecond:"
                            + " 100000, backoff: 1ms}",
                        upstream.port))
                .start()) {
      RawHttp client = new RawHttp(gateway.port());
      for (int i = 0; i < OutcomeTally.CUTS; i++) {
        Plan plan = new Plan(random);
        upstream.plan = plan;
        if (plan.fate == Fate.CUT_BEFORE_THE_FIRST_FRAME) {
          upstream.hangUp();
        }
        Told told = OutcomeTally.ask(client, OutcomeTally.request(plan.method, "/r"));
        boolean acted = plan.acted.get() > 0;
        // What went to a connection that had just ended has left all the same.
        tally.add(plan.fate.name(), told, acted, acted || plan.attempts.get() == 0);
        if (told.closes()) {
          client.close();
          client = new RawHttp(gateway.port());
        }
      }
      client.close();
    }
    tally.check("h2");
  }
}
