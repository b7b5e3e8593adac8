package dev.tidegate.ingress.observe;

import dev.tidegate.json.JsonString;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines off the event loop. Lines are gathered in batches on the loop and handed over by a
 * bounded queue; when the disk cannot keep up, batches are dropped and their lines counted.
 */
public final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final int QUEUE = 64;
  private static final int BATCH = 32 * 1024;
  private static final int MAX_TEXT = 512;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> batches = new ArrayBlockingQueue<>(QUEUE);
  private final OutputStream out;
  private final boolean own;
  private final Counter dropped;
  private final Thread writer;

  private AccessLog(OutputStream out, MeterRegistry meters, boolean own) {
    this.out = out;
    this.own = own;
    this.dropped =
        Counter.builder("tidegate.http.access.log.dropped")
            .description("Lines that were not written because the log could not keep up")
            .register(meters);
    this.writer = Thread.ofPlatform().name("access-log").daemon().start(this::write);
  }

  /** {@code off}, {@code stdout} or a file that is appended to; null when it is off. */
  public static @Nullable AccessLog open(String where, MeterRegistry meters) {
    try {
      return switch (where) {
        case "off" -> null;
        case "stdout" -> new AccessLog(new FileOutputStream(FileDescriptor.out), meters, false);
        default -> new AccessLog(new FileOutputStream(where, true), meters, true);
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
      if (own) {
        out.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("the access log cannot be closed");
    }
  }

  /** The lines of one event loop, gathered into a batch of bytes. */
  public static final class Lines {
    private static final int MAX_LINE = 24 * 1024;

    private final @Nullable AccessLog log;
    private byte[] batch = new byte[BATCH + MAX_LINE];
    private int end;
    private int lines;

    /** Of no log when it is off. */
    public Lines(@Nullable AccessLog log) {
      this.log = log;
    }

    boolean on() {
      return log != null;
    }

    /** Bytes as they are. */
    Lines raw(byte[] bytes) {
      System.arraycopy(bytes, 0, batch, end, bytes.length);
      end += bytes.length;
      return this;
    }

    /** A JSON string; what is too long for a line is cut. */
    Lines text(String text) {
      end = JsonString.write(fitting(text), batch, end);
      return this;
    }

    /** The same for {@link #raw}. */
    static byte[] quoted(String text) {
      String fitting = fitting(text);
      byte[] quoted = new byte[JsonString.room(fitting)];
      return Arrays.copyOf(quoted, JsonString.write(fitting, quoted, 0));
    }

    private static String fitting(String text) {
      return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    Lines number(long number) {
      if (number >= 10) {
        number(number / 10);
      }
      batch[end++] = (byte) ('0' + number % 10);
      return this;
    }

    Lines threeDigits(int number) {
      batch[end++] = (byte) ('0' + number / 100);
      batch[end++] = (byte) ('0' + number / 10 % 10);
      batch[end++] = (byte) ('0' + number % 10);
      return this;
    }

    void ended() {
      batch[end++] = '\n';
      lines++;
      if (end >= BATCH) {
        flush();
      }
    }

    /** Hands the batch over; called now and then. */
    public void flush() {
      if (log == null || lines == 0) {
        return;
      }
      if (!log.batches.offer(Arrays.copyOf(batch, end))) {
        log.dropped.increment(lines);
      }
      end = 0;
      lines = 0;
    }

    /** Waits until what was handed over has been written. Blocks for a moment. */
    public @Nullable Void close() {
      if (log != null) {
        log.stop();
      }
      return null;
    }
  }
}
