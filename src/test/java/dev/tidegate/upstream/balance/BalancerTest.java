package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.upstream.UpstreamConfig.Balance;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private final List<Promise<HttpClientConnection>> connecting = new ArrayList<>();

  /** One who never gets a connection, so that the pool counts him. */
  private static final class Waiting implements Pool.Taker {
    private Throwable failure;

    @Override
    public void onLink(Link link) {
      throw new AssertionError("nobody connects here");
    }

    @Override
    public void onConnectFailure(Throwable cause) {
      failure = cause;
    }

    @Override
    public boolean repeatable() {
      return true;
    }
  }

  private UpstreamConfig config(int maxConnections, int maxPending) {
    return new UpstreamConfig(
        "u",
        List.of(new Endpoint("a", 1), new Endpoint("b", 2), new Endpoint("c", 3)),
        false,
        null,
        null,
        null,
        null,
        maxConnections,
        maxPending);
  }

  private Future<HttpClientConnection> connect(Endpoint endpoint) {
    Promise<HttpClientConnection> promise = Promise.promise();
    connecting.add(promise);
    return promise.future();
  }

  private List<Pool> pools(UpstreamConfig config) {
    return config.endpoints().stream()
        .map(e -> new Pool(config, e, this::connect, () -> 0L))
        .toList();
  }

  @Test
  void goesRound() {
    Balancer balancer = new Balancer(pools(config(1, 1)), Balance.ROUND_ROBIN, new Random(1));
    List<String> six =
        IntStream.range(0, 6).mapToObj(i -> balancer.next().endpoint().host()).toList();
    assertThat(six.subList(0, 3)).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(six.subList(3, 6)).isEqualTo(six.subList(0, 3));
  }

  @Test
  void avoidsTheBusyOne() {
    UpstreamConfig config = config(1, 100);
    List<Pool> pools = pools(config);
    for (int i = 0; i < 10; i++) {
      assertThat(pools.get(0).tryTake(new Waiting(), false)).isTrue();
    }
    Balancer balancer = new Balancer(pools, Balance.LEAST_REQUESTS, new Random(1));
    assertThat(IntStream.range(0, 200).mapToObj(i -> balancer.next()))
        .doesNotContain(pools.get(0))
        .contains(pools.get(1), pools.get(2));
    assertThat(balancer.other(pools.get(1))).isNotSameAs(pools.get(1));
  }

  @Test
  void boundsThoseWhoWaitAndConnectsAgainForThem() {
    UpstreamConfig config = config(1, 1);
    Pool pool = new Pool(config, config.endpoints().get(0), this::connect, () -> 0L);
    Waiting first = new Waiting();
    Waiting second = new Waiting();
    assertThat(pool.tryTake(first, false)).isTrue();
    assertThat(pool.tryTake(second, false)).isTrue();
    assertThat(pool.tryTake(new Waiting(), false)).isFalse();
    assertThat(connecting).hasSize(1);
    connecting.get(0).fail("refused");
    assertThat(first.failure).hasMessage("refused");
    assertThat(connecting).hasSize(2);
    assertThat(pool.pending()).isZero();
    connecting.get(1).fail("refused again");
    assertThat(second.failure).hasMessage("refused again");
    assertThat(pool.open()).isZero();
  }

  @Test
  void saysWhatIsWrongWithAnUpstream() {
    assertThatThrownBy(() -> UpstreamConfig.of("u")).hasMessageStartingWith("endpoints: []");
    assertThatThrownBy(() -> new Endpoint("h", 0)).hasMessageStartingWith("endpoints.port: 0");
    assertThatThrownBy(() -> config(0, 0)).hasMessageStartingWith("maxConnections: 0");
  }
}
