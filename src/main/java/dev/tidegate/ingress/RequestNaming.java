package dev.tidegate.ingress;

import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;

/** Gives each request its id, and says it in the answer. */
final class RequestNaming implements Policy {
  private final RequestIds ids;

  RequestNaming(RequestIds ids) {
    this.ids = ids;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    exchange.requestId(ids.of(exchange.requestHeaders().get(RequestIds.HEADER)));
    next.proceed();
  }

  @Override
  public void onHead(Exchange exchange) {
    exchange.responseHeaders().set(RequestIds.HEADER, exchange.requestId());
  }
}
