package dev.tidegate.command.log;

import io.vertx.core.Future;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.ListOffsetsResultInfo;
import io.vertx.kafka.admin.OffsetSpec;
import io.vertx.kafka.client.common.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/** Where topics end and how far groups are, as the brokers say. */
final class Offsets {
  private final KafkaAdminClient admin;

  Offsets(KafkaAdminClient admin) {
    this.admin = admin;
  }

  Future<Map<Integer, Long>> ends(String topic) {
    return admin
        .describeTopics(List.of(topic))
        .compose(
            described -> {
              int partitions = Objects.requireNonNull(described.get(topic)).getPartitions().size();
              Future<Map<Integer, Long>> begins = at(topic, partitions, OffsetSpec.EARLIEST);
              Future<Map<Integer, Long>> ends = at(topic, partitions, OffsetSpec.LATEST);
              return Future.all(begins, ends).map(both -> filled(begins.result(), ends.result()));
            });
  }

  private Future<Map<Integer, Long>> at(String topic, int partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      asked.put(new TopicPartition(topic, i), spec);
    }
    return admin.listOffsets(asked).map(all -> of(topic, all, ListOffsetsResultInfo::getOffset));
  }

  private static Map<Integer, Long> filled(Map<Integer, Long> begins, Map<Integer, Long> ends) {
    Map<Integer, Long> filled = new HashMap<>(ends);
    filled.entrySet().removeIf(end -> end.getValue().equals(begins.get(end.getKey())));
    return filled;
  }

  Future<Map<Integer, Long>> finished(String group, String topic) {
    return admin.listConsumerGroupOffsets(group).map(all -> of(topic, all, o -> o.getOffset()));
  }

  private static <T> Map<Integer, Long> of(
      String topic, Map<TopicPartition, T> all, ToLongFunction<T> offset) {
    Map<Integer, Long> ours = new HashMap<>();
    all.forEach(
        (partition, at) -> {
          if (partition.getTopic().equals(topic)) {
            ours.put(partition.getPartition(), offset.applyAsLong(at));
          }
        });
    return ours;
  }
}
