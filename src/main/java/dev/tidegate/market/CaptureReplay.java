package dev.tidegate.market;

import dev.tidegate.market.feed.KafkaTopic;
import dev.tidegate.market.feed.Pace;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.CaptureReader.Captured;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.ProtoRecordWriter;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.SnapshotParts;
import dev.tidegate.market.record.Times;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a capture to the feed topic, in the recorded order of each symbol. Running it again
 * repeats the capture: its snapshots start the books anew. Blocks until the broker has everything.
 */
public final class CaptureReplay {
  /** What was sent, and the lines that could not be read. */
  public record Sent(long lines, long records, long rejected) {}

  /** How records are written. */
  public enum Format {
    JSON,
    PROTOBUF
  }

  /** Of one side of a snapshot in one record: far below the megabyte that a topic takes. */
  private static final int LEVELS = 5_000;

  private CaptureReplay() {}

  /**
   * @param speed divides the recorded gaps; 0 is as fast as possible
   */
  public static Sent run(
      Path capture, Map<String, String> kafka, String topic, double speed, Format format)
      throws IOException, InterruptedException {
    check(kafka, topic);
    MeterRegistry meters = new SimpleMeterRegistry();
    Rejects rejects = new Rejects(meters, System::currentTimeMillis);
    Map<String, Object> properties = new HashMap<>();
    properties.put("linger.ms", "2");
    properties.putAll(kafka);
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true"); // a retried send keeps its place
    AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    long lines = 0;
    long records = 0;
    long firstReceived = -1;
    long startedAt = System.nanoTime();
    try (CaptureReader reader = CaptureReader.open(capture, rejects, new Times(meters));
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      for (Captured c = reader.next(); c != null && failed.get() == null; c = reader.next()) {
        firstReceived = firstReceived < 0 ? c.received() : firstReceived;
        if (speed > 0) {
          long at = startedAt + (long) ((c.received() - firstReceived) * 1000 / speed);
          Pace.until(at);
        }
        for (FeedRecord record : parts(c.records())) {
          producer.send(
              new ProducerRecord<>(topic, record.symbol(), write(record, format)),
              (sent, e) -> {
                if (e != null) {
                  failed.compareAndSet(null, e);
                }
              });
          records++;
        }
        lines++;
      }
      producer.flush();
    }
    Exception e = failed.get();
    if (e != null) {
      throw new IOException("replay stopped after " + records + " records: " + e.getMessage(), e);
    }
    return new Sent(lines, records, rejects.count());
  }

  /** A producer would have the broker make a missing topic, by its defaults. */
  private static void check(Map<String, String> kafka, String topic)
      throws IOException, InterruptedException {
    try (KafkaTopic at = new KafkaTopic(kafka, topic, 0)) {
      if (at.look() == null) {
        throw new IOException(
            at.missing() + " (expected one that a node, or you, have made with its partitions)");
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the topic " + topic + " cannot be looked up: " + e.getMessage(), e);
    }
  }

  private static List<FeedRecord> parts(List<FeedRecord> records) {
    return records.stream().flatMap(r -> SnapshotParts.split(r, LEVELS).stream()).toList();
  }

  private static byte[] write(FeedRecord record, Format format) {
    return switch (format) {
      case JSON -> RecordWriter.write(record);
      case PROTOBUF -> ProtoRecordWriter.write(record);
    };
  }
}
