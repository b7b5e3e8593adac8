package dev.tidegate.ingress;

import dev.tidegate.ingress.OutcomeTally.Told;
import dev.tidegate.testing.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The link to an upstream is cut at any byte of the request and of the answer, and what callers are
 * told is held to what the upstream has seen. {@code -Dtidegate.cuts=100000} for the long form.
 */
@Timeout(1_200)
class HonestOutcomeIT {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n0123456789";
  private static final int NEVER = Integer.MAX_VALUE;
  private static final int MOST_OF_A_REQUEST = 260;

  private enum Kind {
    /** At any byte. */
    CUT,
    /** The connection is closed or reset before a byte of the request is read. */
    UNREAD,
    /** Nobody listens. */
    REFUSED,
    /** Nobody listens at one of two endpoints, and the other is cut. */
    HALF_REFUSED
  }

  /** What happens to one request, and what the upstream saw of it. */
  private static final class Plan {
    final Kind kind;
    final String method;
    final int ofRequest;
    final int ofAnswer;
    final boolean abruptly;
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger seen = new AtomicInteger();
    final int wellFrom;

    Plan(Random random) {
      this.method = new String[] {"GET", "PUT", "POST", "POST"}[random.nextInt(4)];
      this.kind =
          switch (random.nextInt(10)) {
            case 0 -> Kind.UNREAD;
            case 1, 2 -> Kind.REFUSED;
            case 3, 4 -> Kind.HALF_REFUSED;
            default -> Kind.CUT;
          };
      boolean request = kind == Kind.UNREAD || random.nextBoolean();
      this.ofRequest =
          kind == Kind.UNREAD ? 0 : request ? random.nextInt(MOST_OF_A_REQUEST) : NEVER;
      this.ofAnswer = request ? ANSWER.length() : random.nextInt(ANSWER.length() + 1);
      this.abruptly = random.nextBoolean();
      this.wellFrom = random.nextInt(3) == 0 ? 1 : NEVER;
    }

    String path() {
      return switch (kind) {
        case REFUSED -> "/refused";
        case HALF_REFUSED -> "/half";
        default -> "/r";
      };
    }
  }

  /** Reads and answers as the present plan says. */
  private static final class CuttingBackend implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final int port = server.getLocalPort();
    volatile Plan plan = new Plan(new Random(0));

    CuttingBackend() throws IOException {
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          sockets.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        if (plan.ofRequest == 0 && plan.attempts.get() < plan.wellFrom) {
          plan.attempts.incrementAndGet();
          return;
        }
        while (exchange(socket)) {}
      } catch (IOException e) {
        // the gateway has closed
      } finally {
        sockets.remove(socket);
      }
    }

    /** Whether the connection can carry another one. */
    private boolean exchange(Socket socket) throws IOException {
      InputStream in = socket.getInputStream();
      int next = in.read();
      if (next < 0) {
        return false;
      }
      Plan now = plan;
      boolean well = now.attempts.getAndIncrement() >= now.wellFrom;
      StringBuilder request = new StringBuilder();
      while (next >= 0) {
        now.seen.incrementAndGet();
        request.append((char) next);
        if (!well && request.length() >= now.ofRequest) {
          return end(socket, now);
        }
        if (whole(request)) {
          break;
        }
        next = in.read();
      }
      int length = well ? ANSWER.length() : now.ofAnswer;
      byte[] answer = ANSWER.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
      socket.getOutputStream().write(answer);
      return length == ANSWER.length() || end(socket, now);
    }

    private static boolean end(Socket socket, Plan now) throws IOException {
      socket.setSoLinger(now.abruptly, 0);
      return false;
    }

    private static boolean whole(StringBuilder request) {
      int head = request.indexOf("\r\n\r\n");
      int body = request.charAt(0) == 'G' ? 0 : 5;
      return head >= 0 && request.length() == head + 4 + body;
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void run(CuttingBackend backend, int port, OutcomeTally tally) throws IOException {
    Random random = new Random(OutcomeTally.SEED);
    RawHttp client = new RawHttp(port);
    for (int i = 0; i < OutcomeTally.CUTS; i++) {
      Plan plan = new Plan(random);
      backend.plan = plan;
      Told told = OutcomeTally.ask(client, OutcomeTally.request(plan.method, plan.path()));
      // What was taken from the gateway and not read has left it all the same.
      boolean left = plan.seen.get() > 0 || (plan.kind != Kind.REFUSED && plan.ofRequest == 0);
      tally.add(plan.kind.name(), told, plan.seen.get() > 0, left);
      if (told.closes()) {
        client.close();
        client = new RawHttp(port);
      }
    }
    client.close();
  }

  @Test
  void whatCallersAreToldIsWhatTheUpstreamSaw() throws IOException {
    String more =
        "outlier: {failures: 0}, retry: {budget: 1000, minPerSecond: 100000, backoff: 1ms}";
    int closed = Ports.free(1);
    OutcomeTally tally = new OutcomeTally();
    try (CuttingBackend backend = new CuttingBackend();
        TestGateway gateway =
            new TestGateway()
                .routes(
                    Routes.below("/r"),
                    Routes.of("id: refused, prefix: /refused, upstream: refused"),
                    Routes.of("id: half, prefix: /half, upstream: half"))
                .upstream(TestGateway.upstreamOf("backend", more, backend.port))
                .upstream(TestGateway.upstreamOf("refused", more, closed))
                .upstream(TestGateway.upstreamOf("half", more, closed, backend.port))
                .start()) {
      run(backend, gateway.port(), tally);
    }
    tally.check("h1");
  }
}
