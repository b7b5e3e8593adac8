package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolTest {
  private final List<Promise<HttpClientConnection>> connecting = new ArrayList<>();

  /** One who never gets a connection, so that the pool counts him. */
  private static final class Waiting implements Connector.Taker {
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

  private Future<HttpClientConnection> connect() {
    Promise<HttpClientConnection> promise = Promise.promise();
    connecting.add(promise);
    return promise.future();
  }

  private Pool pool(int connections, int pending) {
    Pool.Bounds bounds = new Pool.Bounds(connections, pending, Duration.ofSeconds(50));
    return new Pool(0, 1, bounds, this::connect, () -> 0L);
  }

  @Test
  void boundsThoseWhoWaitAndConnectsAgainForThem() {
    Pool pool = pool(1, 1);
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
  void forgetsThoseWhoNoLongerWait() {
    Pool pool = pool(1, 1);
    Waiting second = new Waiting();
    pool.tryTake(new Waiting(), false);
    pool.tryTake(second, false);
    assertThat(pool.load()).isEqualTo(1);
    pool.forget(second);
    connecting.get(0).fail("refused");
    assertThat(connecting).hasSize(1);
    assertThat(second.failure).isNull();
  }
}
