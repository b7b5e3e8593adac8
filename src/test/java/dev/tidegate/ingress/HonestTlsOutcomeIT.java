package dev.tidegate.ingress;

import dev.tidegate.ingress.OutcomeTally.Told;
import dev.tidegate.testing.Certificate;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The link to an https upstream is cut at any byte, of the handshake, of the request, of the
 * answer, and what callers are told is held to the upstream's log. {@code -Dtidegate.cuts=100000}
 * for the long form.
 */
@Timeout(1_200)
class HonestTlsOutcomeIT {
  private static final Certificate CERTIFICATE = Certificate.create();
  private static final int NEVER = Integer.MAX_VALUE;
  private static final int RECORD_HEAD = 5;
  private static final int MOST_UP = 1_000;
  private static final int MOST_DOWN = 2_000;

  /** Where the link of one request is cut; the next attempts may find it whole. */
  private static final class Plan {
    final String method;
    final int up;
    final int down;
    final int times;
    final boolean abruptly;
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger acted = new AtomicInteger();

    Told told = new Told("", true);

    /** Whether more than a ClientHello has come on any of its connections. */
    volatile boolean left;

    Plan(Random random) {
      method = new String[] {"GET", "PUT", "POST", "POST"}[random.nextInt(4)];
      boolean request = random.nextBoolean();
      up = request ? random.nextInt(MOST_UP) : NEVER;
      down = request ? NEVER : random.nextInt(MOST_DOWN);
      times = random.nextInt(4) == 0 ? 1 : NEVER;
      abruptly = random.nextBoolean();
    }
  }

  /** Hands bytes on until the plan says that this is enough. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int target;
    final int port = server.getLocalPort();
    volatile Plan plan = new Plan(new Random(0));

    Relay(int target) throws IOException {
      this.target = target;
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket gateway = server.accept();
          Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
          gateway.setTcpNoDelay(true);
          upstream.setTcpNoDelay(true);
          sockets.add(gateway);
          sockets.add(upstream);
          Plan now = plan;
          boolean cut = now.attempts.getAndIncrement() < now.times;
          Thread.ofVirtual().start(() -> up(now, gateway, upstream, cut ? now.up : NEVER));
          Thread.ofVirtual().start(() -> down(now, gateway, upstream, cut ? now.down : NEVER));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void up(Plan now, Socket gateway, Socket upstream, int most) {
      try (gateway;
          upstream) {
        InputStream in = gateway.getInputStream();
        byte[] head = in.readNBytes(RECORD_HEAD);
        byte[] hello = in.readNBytes(((head[3] & 0xFF) << 8) | (head[4] & 0xFF));
        int passed = pass(head, head.length, 0, most, upstream);
        passed = pass(hello, hello.length, passed, most, upstream);
        byte[] bytes = new byte[16_384];
        while (passed < most) {
          int n = in.read(bytes);
          if (n < 0) {
            break;
          }
          now.left = true;
          passed = pass(bytes, n, passed, most, upstream);
        }
        gateway.setSoLinger(now.abruptly, 0);
      } catch (IOException | IndexOutOfBoundsException e) {
        // closed
      }
    }

    private void down(Plan now, Socket gateway, Socket upstream, int most) {
      try (gateway;
          upstream) {
        InputStream in = upstream.getInputStream();
        byte[] bytes = new byte[16_384];
        for (int passed = 0; passed < most; ) {
          int n = in.read(bytes);
          if (n < 0) {
            break;
          }
          passed = pass(bytes, n, passed, most, gateway);
        }
        gateway.setSoLinger(now.abruptly, 0);
      } catch (IOException e) {
        // closed
      }
    }

    private static int pass(byte[] bytes, int length, int passed, int most, Socket to)
        throws IOException {
      int n = Math.min(length, most - passed);
      OutputStream out = to.getOutputStream();
      out.write(bytes, 0, n);
      return passed + n;
    }

    /** Ends all connections, so that the next request needs a new one. */
    void hangUp() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
      sockets.clear();
    }

    @Override
    public void close() throws IOException {
      server.close();
      hangUp();
    }
  }

  private static HttpServerOptions tls() {
    return new HttpServerOptions()
        .setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions().setKeyPath(CERTIFICATE.key()).setCertPath(CERTIFICATE.cert()));
  }

  @Test
  void whatCallersAreToldIsWhatTheUpstreamSaw() throws IOException {
    Random random = new Random(OutcomeTally.SEED);
    OutcomeTally tally = new OutcomeTally();
    Map<String, Plan> plans = new ConcurrentHashMap<>();
    try (Backend backend =
            new Backend(
                0,
                tls(),
                request -> {
                  Objects.requireNonNull(plans.get(request.path())).acted.incrementAndGet();
                  request.response().putHeader("Connection", "close").end(OutcomeTally.BODY);
                });
        Relay relay = new Relay(backend.port);
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(
                    TestGateway.upstreamOf(
                        "backend",
                        "tls: {ca: '"
                            + CERTIFICATE.cert()
                            + "'}, outlier: {failures: 0}, retry: {budget: 1000, minPerSecond:"
                            + " 100000, backoff: 1ms}",
                        relay.port))
                .start()) {
      RawHttp client = new RawHttp(gateway.port());
      for (int i = 0; i < OutcomeTally.CUTS / 4; i++) {
        Plan plan = new Plan(random);
        relay.plan = plan;
        plans.put("/r" + i, plan);
        plan.told = OutcomeTally.ask(client, OutcomeTally.request(plan.method, "/r" + i));
        relay.hangUp();
        if (plan.told.closes()) {
          client.close();
          client = new RawHttp(gateway.port());
        }
      }
      client.close();
    }
    // The upstream may learn of a request after its caller was told, so this is done last.
    for (Plan plan : plans.values()) {
      String kind = plan.up < NEVER ? "cut on the way up" : "cut on the way down";
      tally.add(kind, plan.told, plan.acted.get() > 0, plan.left);
    }
    tally.check("tls");
  }
}
