package dev.tidegate.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.loop.Loop;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** One COMMAND instance as operators see it: its part of the admin API and its gauges. */
final class CommandView {
  private static final JsonFactory JSON = new JsonFactory();

  private final CommandLog log;
  private final CommandState state;
  private final Acceptance acceptance;
  private final Results results;
  private final Sweeper sweeper;
  private final Loop loop;

  CommandView(
      CommandLog log,
      CommandState state,
      Acceptance acceptance,
      Results results,
      Sweeper sweeper,
      Loop loop) {
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

  String json() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("log", log.condition());
      json.writeStringField("state", state.condition());
      json.writeNumberField("inFlight", acceptance.inFlight());
      json.writeNumberField("unrecorded", acceptance.unrecorded());
      json.writeNumberField("notStarted", sweeper.waiting());
      json.writeNumberField("lastResultAgeMillis", results.lastAge());
      json.writeNumberField(
          "sinceLastResultMillis",
          results.appliedAt() == 0 ? -1 : loop.millis() - results.appliedAt());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }
}
