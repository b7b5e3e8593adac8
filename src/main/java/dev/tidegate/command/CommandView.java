package dev.tidegate.command;

import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.loop.Loop;

/** One COMMAND instance as operators see it: its part of the admin API and its gauges. */
final class CommandView {
  private final String node;
  private final String instance;
  private final CommandLog log;
  private final CommandState state;
  private final Acceptance acceptance;
  private final Results results;
  private final Sweeper sweeper;
  private final Loop loop;

  CommandView(
      String node,
      String instance,
      CommandLog log,
      CommandState state,
      Acceptance acceptance,
      Results results,
      Sweeper sweeper,
      Loop loop) {
    this.node = node;
    this.instance = instance;
    this.log = log;
    this.state = state;
    this.acceptance = acceptance;
    this.results = results;
    this.sweeper = sweeper;
    this.loop = loop;
  }

  void register(CommandMeters meters) {
    meters.gauge("in.flight", acceptance, Acceptance::inFlight);
    meters.gauge("unrecorded", acceptance, Acceptance::unrecorded);
    meters.gauge("backlog", sweeper, Sweeper::waiting);
    meters.gauge("results.age.seconds", results, r -> r.lastAge() / 1000.0);
    meters.gauge("log.up", log, l -> l.available() ? 1 : 0);
    meters.gauge("state.up", state, s -> s.available() ? 1 : 0);
  }

  Shown shown() {
    return new Shown(node, instance, json());
  }

  private String json() {
    long at = results.appliedAt();
    return new JsonWriter()
        .object()
        .field("log", log.condition())
        .field("state", state.condition())
        .field("inFlight", acceptance.inFlight())
        .field("unrecorded", acceptance.unrecorded())
        .field("notStarted", sweeper.waiting())
        .field("lastResultAgeMillis", results.lastAge())
        .field("sinceLastResultMillis", at == 0 ? -1 : loop.millis() - at)
        .end()
        .toString();
  }
}
