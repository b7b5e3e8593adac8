package dev.tidegate.rest;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.Loop;
import java.util.List;

/** The gateway's own endpoints on one event loop. */
public final class Endpoints {
  private final AsyncRequests asyncRequests;
  private final Site requestRecords;
  private final Site markets;
  private final Site problems = ProblemPages.site();

  public Endpoints(Bus bus, Loop loop, String node) {
    Waiters waiters = new Waiters(bus);
    this.asyncRequests = new AsyncRequests(bus, waiters, loop);
    this.requestRecords = new RequestRecords(bus, waiters, loop).site();
    this.markets = new MarketPages(new MarketData(bus, node, loop)).site();
  }

  public AsyncRequests asyncRequests() {
    return asyncRequests;
  }

  /** {@code /v1/requests/{id}}. */
  public Site requestRecords() {
    return requestRecords;
  }

  /** {@code /v1/markets} and below. */
  public Site markets() {
    return markets;
  }

  /** {@code /problems/{slug}}. */
  public Site problems() {
    return problems;
  }

  /** All of what can be asked for at a path. */
  public List<Site> sites() {
    return List.of(requestRecords, markets, problems);
  }
}
