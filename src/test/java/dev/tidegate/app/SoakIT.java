package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.GatewayProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Endpoints die, return and slow down one at a time, and no request fails that a healthy one could
 * have served, no socket and no stream breaks, and the node stays as large as it was. {@code
 * -Dtidegate.soak=1200} for twenty minutes.
 */
@Timeout(3_600)
class SoakIT {
  private static final int SECONDS = Integer.getInteger("tidegate.soak", 20);
  private static final long SEED = Long.getLong("tidegate.seed", 20_261_127);

  @TempDir private Path dir;

  private GatewayProcess gateway(SoakUpstreams upstreams) throws Exception {
    String endpoints =
        IntStream.range(0, SoakUpstreams.ENDPOINTS)
            .mapToObj(i -> "{host: 127.0.0.1, port: " + upstreams.port(i) + "}")
            .collect(Collectors.joining(", "));
    Path config = dir.resolve("tidegate.yaml");
    Files.writeString(
        config,
        """
        node: soak
        http: {host: 127.0.0.1, port: 0}
        admin: {host: 127.0.0.1, port: 0}
        upstreams:
          - name: pool
            endpoints: [%s]
            check: {path: /health}
          - name: sockets
            endpoints: [{host: 127.0.0.1, port: %d}]
          - name: grpc
            h2: true
            endpoints: [{host: 127.0.0.1, port: %d}]
        routes:
          - {id: pool, prefix: /r, upstream: pool}
          - {id: sockets, prefix: /ws, upstream: sockets, websocket: {}}
          - {id: grpc, prefix: /test.Echo, upstream: grpc}
        """
            .formatted(endpoints, upstreams.socketPort(), upstreams.grpcPort()));
    Path verticles = dir.resolve("verticles.json");
    Files.writeString(
        verticles,
        "{\"roles\": [{\"role\": \"UPSTREAM\", \"instances\": 1}, {\"role\": \"INGRESS\","
            + " \"instances\": 1}, {\"role\": \"ADMIN\", \"instances\": 1}]}");
    return GatewayProcess.start(
            "soak",
            Map.of(),
            List.of("run", "--config", config + "", "--verticles", verticles + ""))
        .awaitReady();
  }

  @Test
  void noRequestFailsThatAHealthyEndpointCouldHaveServed() throws Exception {
    Random random = new Random(SEED);
    long pause = TimeUnit.SECONDS.toMillis(SECONDS) / 40 + 500;
    try (SoakUpstreams upstreams = new SoakUpstreams();
        GatewayProcess gateway = gateway(upstreams);
        SoakCallers callers = new SoakCallers(URI.create(gateway.http()), upstreams)) {
      long began = System.nanoTime();
      ProcessSize warm = null;
      while (seconds(began) < SECONDS) {
        upstreams.trouble(random, () -> sleep(Math.min(pause, 5_000)));
        sleep(Math.min(pause, 5_000));
        if (warm == null && seconds(began) >= SECONDS / 3) {
          warm = ProcessSize.of(gateway.pid());
        }
      }
      ProcessSize end = ProcessSize.of(gateway.pid());
      boolean flat = warm != null && end.flatSince(warm);
      System.out.printf(
          "soak: %d s, seed=%d, reads=%d, orders=%d, of which unknown=%d, wrong=%d; deaths=%d"
              + " slow=%d; echoes of sockets and streams=%d%nsoak: %s -> %s: %s%n",
          seconds(began),
          SEED,
          callers.reads.get(),
          callers.orders.get(),
          callers.unknown.get(),
          callers.wrong.size(),
          upstreams.deaths,
          upstreams.slowdowns,
          callers.echoes.get(),
          warm,
          end,
          flat ? "flat" : "not flat");
      assertThat(callers.wrong.stream().limit(20)).isEmpty();
      // One caller orders: each death can take but the one order that was on its way.
      assertThat(callers.unknown.get()).isLessThanOrEqualTo(upstreams.deaths);
      assertThat(callers.echoes.get()).isPositive();
      assertThat(flat).as("%s, then %s", warm, end).isTrue();
    }
  }

  private static long seconds(long began) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
  }

  /** The trouble lasts: time is what a soak is about. */
  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
