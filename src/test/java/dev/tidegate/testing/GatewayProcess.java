package dev.tidegate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The fat jar as a process of its own, so that a test can kill, freeze and thaw it like an
 * operator's node.
 */
public final class GatewayProcess implements AutoCloseable {
  private static final long START_SECONDS = 90;

  private final String name;
  private final Process process;
  private final Map<String, String> listeners = new ConcurrentHashMap<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Path log;

  private GatewayProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a node with the given arguments; {@code awaitReady} tells when it serves. */
  public static GatewayProcess start(
      String name, Map<String, String> environment, List<String> arguments) throws IOException {
    Path jar = Path.of("target", "tidegate.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          jar + " is missing (expected the package phase to have built it)");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.noUnsafe=false",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms64m",
            "-Xmx384m",
            "-jar",
            jar.toString()));
    command.addAll(arguments);
    Path logs = Files.createDirectories(Path.of("target", "nodes"));
    Path log = logs.resolve(name + "-" + System.nanoTime() + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    GatewayProcess node = new GatewayProcess(name, builder.start(), log);
    Runtime.getRuntime().addShutdownHook(new Thread(node.process::destroyForcibly));
    Thread.ofPlatform().daemon().name(name + "-out").start(node::readOutput);
    return node;
  }

  /** {@code tidegate dev} on free ports, ready; more arguments go behind. */
  public static GatewayProcess dev(String name, Map<String, String> environment, String... more)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("dev", "--http", "0", "--stream", "0", "--admin", "0"));
    arguments.addAll(List.of(more));
    return start(name, environment, arguments).awaitReady();
  }

  /** {@code tidegate run} in a cluster whose nodes have the three ports from the first on. */
  public static GatewayProcess node(
      String name, int firstPort, String kafka, String redis, Path config, Path verticles)
      throws IOException {
    String members =
        IntStream.range(firstPort, firstPort + 3)
            .mapToObj(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(","));
    Map<String, String> environment =
        Map.of(
            "TIDEGATE_KAFKA",
            kafka,
            "TIDEGATE_REDIS",
            redis,
            "TIDEGATE_CLUSTER_PORT",
            Integer.toString(firstPort),
            "TIDEGATE_MEMBERS",
            members);
    return node(name, environment, config, verticles, Path.of("cluster.xml"));
  }

  /** {@code tidegate run} with these files in this environment. */
  static GatewayProcess node(
      String name, Map<String, String> environment, Path config, Path verticles, Path cluster)
      throws IOException {
    return start(
        name,
        environment,
        List.of(
            "run",
            "--config",
            config.toString(),
            "--verticles",
            verticles.toString(),
            "--cluster",
            cluster.toString()));
  }

  private void readOutput() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] words = line.trim().split("\\s+");
        if (words.length == 2 && words[1].contains("://")) {
          listeners.put(words[0], words[1]);
        } else if (line.equals("ready")) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      // The process is gone; awaitReady and alive() tell.
      return;
    }
  }

  public GatewayProcess awaitReady() throws InterruptedException, IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!ready.await(100, TimeUnit.MILLISECONDS)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(name + " did not get ready:\n" + Files.readString(log));
      }
    }
    return this;
  }

  public String name() {
    return name;
  }

  public String http() {
    return listener("http");
  }

  public String stream() {
    return listener("stream");
  }

  public String admin() {
    return listener("admin");
  }

  private String listener(String role) {
    String url = listeners.get(role);
    if (url == null) {
      throw new IllegalStateException(name + " has no listener " + role + ": " + listeners);
    }
    return url;
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  public String errors() throws IOException {
    return Files.readString(log);
  }

  public int exitCode(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " still runs");
    }
    return process.exitValue();
  }

  /** kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  /** SIGTERM, and SIGKILL when that was not enough. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
