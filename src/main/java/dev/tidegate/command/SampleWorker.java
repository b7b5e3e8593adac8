package dev.tidegate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.CommandLog.Subscription;
import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.log.CommandRecords.Report;
import dev.tidegate.command.log.LogRecord;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A back end as one should be: it takes each command at least once and runs it once, because it
 * remembers the ids that are done; it says {@code processing} before it starts and {@code
 * completed} or {@code failed} after; it leaves alone what is past its deadline; what it cannot
 * read goes to the dead letters. For one event loop.
 *
 * <p>What it has learned of earlier runs it reads from the results topic, which it follows from the
 * beginning, so a restart forgets nothing.
 */
public final class SampleWorker {
  static final String GROUP = "tidegate-sample-worker";

  private static final int REMEMBERED = 200_000;

  private final ObjectMapper mapper = new ObjectMapper();
  private final CommandLog log;
  private final CommandConfig config;
  private final Loop loop;
  private final Map<String, Boolean> done = new Remembered();
  private final Map<String, Future<Void>> running = new HashMap<>();
  private final Map<String, byte[]> unreported = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();

  public SampleWorker(CommandLog log, CommandConfig config, Loop loop) {
    this.log = log;
    this.config = config;
    this.loop = loop;
  }

  /** Learns what was done before, then begins to work on the configured topics. */
  public Future<Void> start() {
    return log.follow(config.resultsTopic(), loop, this::learn)
        .map(
            following -> {
              subscriptions.add(following);
              for (String topic : config.topics()) {
                subscriptions.add(log.consume(GROUP, topic, loop, this::work));
              }
              return null;
            });
  }

  public Future<Void> close() {
    return Future.join(subscriptions.stream().map(Subscription::close).toList()).mapEmpty();
  }

  /** In order: the batch is finished when the last report of each command is durable. */
  private Future<Void> work(List<LogRecord> batch) {
    List<Future<Void>> reports = new ArrayList<>(batch.size());
    for (LogRecord entry : batch) {
      reports.add(work(entry));
    }
    return Future.join(reports).mapEmpty();
  }

  private Future<Void> work(LogRecord entry) {
    String key = entry.key() == null ? "" : entry.key();
    JsonNode command = parse(entry.value());
    String id = command == null ? "" : command.path("id").asText();
    if (command == null || id.isEmpty()) {
      byte[] dead = CommandRecords.dead(entry.value(), "not a command");
      return log.append(config.deadTopic(), key, dead).mapEmpty();
    }
    if (done.containsKey(id)) {
      return Future.succeededFuture(); // the same command appended or delivered twice
    }
    Future<Void> underWay = running.get(id);
    if (underWay != null) {
      return underWay;
    }
    if (command.path("deadline").asLong(Long.MAX_VALUE) <= loop.millis()) {
      return Future.succeededFuture(); // the gateway expires it
    }
    Future<Void> run = run(id, key, command);
    running.put(id, run);
    return run.onComplete(over -> running.remove(id));
  }

  private Future<Void> run(String id, String key, JsonNode command) {
    Report started = new Report(id, Status.PROCESSING, null, loop.millis());
    return log.append(config.resultsTopic(), key, CommandRecords.result(started))
        .compose(
            at -> {
              byte[] finished =
                  unreported.computeIfAbsent(id, i -> CommandRecords.result(execute(id, command)));
              return log.append(config.resultsTopic(), key, finished);
            })
        .map(
            at -> {
              done.put(id, Boolean.TRUE);
              unreported.remove(id);
              return null;
            });
  }

  private void learn(LogRecord entry) {
    try {
      Report report = CommandRecords.report(entry.value());
      if (report.status().isFinal()) {
        done.put(report.id(), Boolean.TRUE);
      }
    } catch (IllegalArgumentException e) {
      return; // somebody else's rubbish says nothing about what is done
    }
  }

  private Report execute(String id, JsonNode command) {
    JsonNode body = command.path("body");
    if (body.path("fail").asBoolean()) {
      ObjectNode why = mapper.createObjectNode().put("reason", "the order asked to fail");
      return new Report(id, Status.FAILED, new Result(422, bytes(why)), loop.millis());
    }
    ObjectNode answer = mapper.createObjectNode().put("orderId", "o-" + id.substring(0, 13));
    if (body instanceof ObjectNode order) {
      order.properties().forEach(field -> answer.set(field.getKey(), field.getValue()));
    }
    return new Report(id, Status.COMPLETED, new Result(201, bytes(answer)), loop.millis());
  }

  private @Nullable JsonNode parse(byte[] value) {
    try {
      return mapper.readTree(value);
    } catch (IOException e) {
      return null;
    }
  }

  private byte[] bytes(JsonNode node) {
    try {
      return mapper.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.objectNode().toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final class Remembered extends LinkedHashMap<String, Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  }
}
