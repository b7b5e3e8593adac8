package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.KafkaClients;
import dev.tidegate.command.log.KafkaCommandLog;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.RedisCommandState;
import dev.tidegate.redis.RedisLink;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.util.List;
import java.util.Map;

/** Opens the backend's log and state on its own event loop. */
abstract class BackedVerticle extends VerticleBase {
  private static final int MAX_WAITING = 100_000;

  /** The loop of this verticle, with the system's clock. */
  Loop loop() {
    return new Loop(
        context,
        (millis, task) -> vertx.setTimer(Math.max(1, millis), id -> task.run()),
        System::currentTimeMillis);
  }

  Future<CommandLog> openLog(CommandBackend backend, Loop loop, List<String> topics) {
    Map<String, String> properties = backend.kafka();
    if (properties == null) {
      return Future.succeededFuture(backend.memoryLog());
    }
    CommandConfig config = backend.config();
    KafkaCommandLog log =
        new KafkaCommandLog(
            properties, new Clients(vertx), loop, config.appendTimeout(), config.partitions());
    return log.start(topics).map(log);
  }

  Future<CommandState> openState(CommandBackend backend, Loop loop) {
    String uri = backend.redisUri();
    if (uri == null) {
      return Future.succeededFuture(backend.memoryState());
    }
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(uri)
            .setMaxPoolSize(1)
            .setPoolCleanerInterval(-1)
            .setPoolRecycleTimeout(-1)
            .setMaxWaitingHandlers(MAX_WAITING);
    options
        .getNetClientOptions()
        .setConnectTimeout((int) backend.config().stateTimeout().toMillis());
    RedisLink link =
        new RedisLink(
            () -> Redis.createClient(vertx, options), loop, backend.config().stateTimeout());
    return link.start().map(new RedisCommandState(link, backend.config()));
  }

  private record Clients(Vertx vertx) implements KafkaClients {
    @Override
    public KafkaProducer<String, byte[]> producer(Map<String, String> properties) {
      return KafkaProducer.create(vertx, properties);
    }

    @Override
    public KafkaConsumer<String, byte[]> consumer(Map<String, String> properties) {
      return KafkaConsumer.create(vertx, properties);
    }

    @Override
    public KafkaAdminClient admin(Map<String, String> properties) {
      return KafkaAdminClient.create(vertx, properties);
    }
  }
}
