package dev.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis with an append-only file, so that a restart keeps the data. {@link #shared()} is
 * started on first use, serves every test of the JVM and ends with it; a test that freezes or kills
 * starts one of its own. When {@code TIDEGATE_REDIS} (a URI) is set, {@code shared()} is that
 * server.
 */
public final class RedisServer implements AutoCloseable {
  private static RedisServer shared;

  private final String uri;
  private final int port;
  private final Path folder;
  private final ChildProcess process;

  private RedisServer(String uri) {
    this.uri = uri;
    this.port = 0;
    this.folder = null;
    this.process = null;
  }

  private RedisServer() {
    port = Ports.free();
    uri = "redis://127.0.0.1:" + port;
    folder = Path.of("target/redis/" + port).toAbsolutePath();
    List<String> command = new ArrayList<>();
    command.add(executable());
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir"));
    command.addAll(List.of(folder.toString(), "--appendonly", "yes", "--save", ""));
    command.addAll(List.of("--appendfsync", "always"));
    process = new ChildProcess(command, folder.resolve("redis.log"));
  }

  /** The server of this JVM; do not freeze or kill it. */
  public static synchronized RedisServer shared() {
    if (shared == null) {
      shared =
          Optional.ofNullable(System.getenv("TIDEGATE_REDIS"))
              .map(RedisServer::new)
              .orElseGet(RedisServer::start);
    }
    return shared;
  }

  /** A server of the test's own, which may be frozen and killed. */
  public static RedisServer start() {
    RedisServer server = new RedisServer();
    server.restart();
    return server;
  }

  public String uri() {
    return uri;
  }

  /** Stops the process where it stands; connections stay open and nothing answers. */
  public void freeze() {
    own().freeze();
  }

  public void thaw() {
    own().thaw();
  }

  public void kill() {
    own().kill();
  }

  /** Starts it again on the same port and data. */
  public void restart() {
    own().start(() -> ChildProcess.accepts(port), Duration.ofSeconds(20));
  }

  @Override
  public void close() {
    if (process != null && this != shared) {
      process.thaw();
      process.kill();
    }
  }

  private ChildProcess own() {
    if (process == null) {
      throw new UnsupportedOperationException("the server of TIDEGATE_REDIS is not ours to stop");
    }
    return process;
  }

  private static String executable() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      Path candidate = Path.of(folder, "redis-server");
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    try {
      return ExecutableProvider.newJarResourceProvider().get().toString();
    } catch (IOException e) {
      throw new UncheckedIOException("no redis-server on the path, none embedded", e);
    }
  }
}
