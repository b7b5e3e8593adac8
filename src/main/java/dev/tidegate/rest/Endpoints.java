package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.Loop;

/** The gateway's own endpoints on one event loop. */
public final class Endpoints {
  private final AsyncRequests asyncRequests;
  private final RequestRecords requestRecords;
  private final MarketPages markets;
  private final ProblemPages problems = new ProblemPages();

  public Endpoints(Bus bus, Loop loop, String node) {
    Waiters waiters = new Waiters(bus);
    this.asyncRequests = new AsyncRequests(bus, waiters, loop);
    this.requestRecords = new RequestRecords(bus, waiters, loop);
    this.markets = new MarketPages(new MarketData(bus, node, loop));
  }

  public AsyncRequests asyncRequests() {
    return asyncRequests;
  }

  public RequestRecords requestRecords() {
    return requestRecords;
  }

  public MarketPages markets() {
    return markets;
  }

  public ProblemPages problems() {
    return problems;
  }
}
