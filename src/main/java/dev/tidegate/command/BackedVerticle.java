package dev.tidegate.command;

import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.KafkaClients;
import dev.tidegate.command.log.KafkaCommandLog;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.RedisCommandState;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.redis.RedisLink;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Opens the backend's log and state on its own event loop. */
abstract class BackedVerticle extends VerticleBase {
  final CommandBackend backend;
  private final EventLoops loops;
  private final String name;

  /**
   * @param name what the instance's event loop is called
   */
  BackedVerticle(CommandBackend backend, EventLoops loops, String name) {
    this.backend = backend;
    this.loops = loops;
    this.name = name;
  }

  /** The loop of this verticle; to be asked for once. */
  Loop loop() {
    return loops.of(context, name);
  }

  Future<CommandLog> openLog(Loop loop, List<String> topics) {
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

  Future<CommandState> openState(Loop loop, RandomGenerator random) {
    String uri = backend.redisUri();
    if (uri == null) {
      return Future.succeededFuture(backend.memoryState());
    }
    Duration timeout = backend.config().stateTimeout();
    RedisOptions options = RedisLink.options(uri, timeout);
    RedisLink link =
        new RedisLink(
            () -> Redis.createClient(vertx, options), loop, timeout, RedisCommandState.SCRIPTS);
    return link.start().map(new RedisCommandState(link, backend.config().retention(), random));
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
