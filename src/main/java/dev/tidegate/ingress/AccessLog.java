package dev.tidegate.ingress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines off the event loop. Lines are gathered in batches on the loop and handed over by a
 * bounded queue; when the disk cannot keep up, batches are dropped and their lines counted.
 */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final int QUEUE = 64;
  private static final int BATCH = 32 * 1024;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> batches = new ArrayBlockingQueue<>(QUEUE);
  private final OutputStream out;
  private final Counter dropped;
  private final Thread writer;

  private AccessLog(OutputStream out, MeterRegistry meters) {
    this.out = out;
    this.dropped =
        Counter.builder("tidegate.http.access.log.dropped")
            .description("Lines that were not written because the log could not keep up")
            .register(meters);
    this.writer = Thread.ofPlatform().name("access-log").daemon().start(this::write);
  }

  /** {@code off}, {@code stdout} or a file that is appended to; null when it is off. */
  static @Nullable AccessLog open(String where, MeterRegistry meters) {
    try {
      return switch (where) {
        case "off" -> null;
        case "stdout" -> new AccessLog(System.out, meters);
        default -> new AccessLog(new FileOutputStream(where, true), meters);
      };
    } catch (IOException e) {
      throw new UncheckedIOException("accessLog: " + where + " (expected a writable file)", e);
    }
  }

  private void write() {
    try {
      for (byte[] batch = batches.take(); batch != END; batch = batches.take()) {
        writeBatch(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeBatch(byte[] batch) {
    try {
      out.write(batch);
      out.flush();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("the access log cannot be written");
    }
  }

  /** Writes what has been handed over, and stops. Blocks for a moment. */
  private void stop() {
    try {
      batches.put(END);
      writer.join(2_000);
      if (out != System.out) {
        out.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("the access log cannot be closed");
    }
  }

  /** The lines of one event loop, gathered into a batch. */
  static final class Lines {
    private final @Nullable AccessLog log;
    private final StringBuilder batch = new StringBuilder(BATCH + 1024);
    private int lines;

    Lines(@Nullable AccessLog log) {
      this.log = log;
    }

    boolean on() {
      return log != null;
    }

    /** Where the next line goes; {@link #ended} must follow. */
    StringBuilder begin() {
      return batch;
    }

    void ended() {
      batch.append('\n');
      lines++;
      if (batch.length() >= BATCH) {
        flush();
      }
    }

    /** Waits until what was handed over has been written. Blocks for a moment. */
    @Nullable Void close() {
      if (log != null) {
        log.stop();
      }
      return null;
    }

    /** Hands the batch over; called now and then. */
    void flush() {
      if (log == null || lines == 0) {
        return;
      }
      if (!log.batches.offer(batch.toString().getBytes(StandardCharsets.UTF_8))) {
        log.dropped.increment(lines);
      }
      batch.setLength(0);
      lines = 0;
    }
  }
}
