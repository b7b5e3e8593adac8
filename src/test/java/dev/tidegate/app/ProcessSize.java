package dev.tidegate.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process of a JVM holds: heap in use after a collection and resident memory in KB, open
 * descriptors, threads.
 */
record ProcessSize(long heap, long resident, long descriptors, long threads) {
  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

  static ProcessSize of(long pid) throws IOException, InterruptedException {
    Path process = Path.of("/proc", Long.toString(pid));
    jcmd(pid, "GC.run");
    Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
    long heap = 0;
    while (used.find()) {
      heap += Long.parseLong(used.group(1));
    }
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      String status = Files.readString(process.resolve("status"));
      return new ProcessSize(
          heap, number(status, "VmRSS:"), descriptors.count(), number(status, "Threads:"));
    }
  }

  private static long number(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process jcmd =
        new ProcessBuilder(program, Long.toString(pid), command).redirectErrorStream(true).start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
    return said;
  }

  /** As many threads as the pools for blocking work may still start. */
  private static final int POOLED = 24;

  /** Whether this is no more than that was, apart from what caches and pools may take. */
  boolean flatSince(ProcessSize before) {
    return heap <= before.heap * 5 / 4 + 8_192
        && resident <= before.resident * 5 / 4 + 65_536
        && descriptors <= before.descriptors + 30
        && threads <= before.threads + POOLED;
  }
}
