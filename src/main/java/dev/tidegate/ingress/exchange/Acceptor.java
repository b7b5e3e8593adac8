package dev.tidegate.ingress.exchange;

import dev.tidegate.loop.Loop;
import dev.tidegate.net.HttpDate;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** Makes an exchange of each request of one event loop, and lets it go its way. */
public final class Acceptor implements Handler<HttpServerRequest> {
  private final Shared shared;

  /**
   * Lets exchanges take these steps.
   *
   * @param maxHead bytes of the headers over HTTP/2
   * @param maxBody bytes of a body, unless a policy says otherwise
   */
  public Acceptor(Steps steps, OpenStreams streams, long maxHead, long maxBody, Loop loop) {
    this.shared =
        new Shared(
            new HeadReader(maxHead), steps, streams, new HttpDate(loop::millis), maxBody, loop);
  }

  @Override
  @SuppressWarnings("CatchThrowable") // whatever it is, somebody waits for an answer
  public void handle(HttpServerRequest request) {
    HttpExchange exchange;
    try {
      exchange = new HttpExchange(request, shared);
    } catch (Throwable e) {
      shared.steps().unread(e);
      request.response().reset();
      return;
    }
    exchange.proceed();
  }
}
