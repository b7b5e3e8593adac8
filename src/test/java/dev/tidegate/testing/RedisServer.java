package dev.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis with an append-only file, so that a restart keeps the data. {@link #shared()} is
 * started on first use, serves every test of the JVM and ends with it; a test that freezes or kills
 * starts one of its own. When {@code TIDEGATE_REDIS} (a URI) is set, {@code shared()} is that
 * server.
 */
public final class RedisServer extends OwnServer {
  private static RedisServer shared;

  private final String uri;
  private final int port;

  private RedisServer(String uri) {
    this.uri = uri;
    this.port = 0;
  }

  private RedisServer(int port, Path folder) {
    super(
        List.of(
            executable(),
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toString(),
            "--appendonly",
            "yes",
            "--save",
            "",
            "--appendfsync",
            "always"),
        folder.resolve("redis.log"));
    this.uri = "redis://127.0.0.1:" + port;
    this.port = port;
  }

  /** The server of this JVM; do not freeze or kill it. */
  public static synchronized RedisServer shared() {
    if (shared == null) {
      shared =
          Optional.ofNullable(System.getenv("TIDEGATE_REDIS"))
              .map(RedisServer::new)
              .orElseGet(RedisServer::start);
      shared.share();
    }
    return shared;
  }

  /** A server of the test's own, which may be frozen and killed. */
  public static RedisServer start() {
    int port = Ports.free();
    RedisServer server = new RedisServer(port, Path.of("target/redis/" + port).toAbsolutePath());
    server.restart();
    return server;
  }

  public String uri() {
    return uri;
  }

  @Override
  public void restart() {
    start(() -> ChildProcess.accepts(port), Duration.ofSeconds(20));
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
