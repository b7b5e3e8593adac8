package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.upstream.balance.Connector;
import dev.tidegate.upstream.balance.Link;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** How an exchange goes on as a WebSocket: its connection leaves the pool. */
final class Switching {
  private Switching() {}

  /** Whether the upstream has agreed to what the caller asked for. */
  static boolean agreed(Call call, HttpClientResponse response) {
    return call.switching() && AnswerHead.webSocket(response);
  }

  /** Hands the connection to INGRESS, which says when it is over. */
  static void begin(
      Call call,
      Upstream upstream,
      Connector connector,
      @Nullable Link link,
      HttpClientResponse response,
      Runnable over) {
    upstream.answered(connector, response.statusCode());
    if (link != null) {
      connector.detach(link);
    }
    NetSocket socket = response.netSocket();
    socket.pause();
    call.switched(response.headers(), socket, over);
  }
}
