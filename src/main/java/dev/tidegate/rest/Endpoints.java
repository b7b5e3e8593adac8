package dev.tidegate.rest;

import dev.tidegate.bus.Bus;

/** The gateway's own endpoints on one event loop. */
public final class Endpoints {
  private final AsyncRequests asyncRequests;
  private final RequestRecords requestRecords;
  private final MarketPages markets;
  private final ProblemPages problems = new ProblemPages();

  public Endpoints(Bus bus, Timers timers, String node) {
    Waiters waiters = new Waiters(bus);
    this.asyncRequests = new AsyncRequests(bus, waiters, timers);
    this.requestRecords = new RequestRecords(bus, waiters, timers);
    this.markets = new MarketPages(new MarketData(bus, node, System::currentTimeMillis));
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
