package dev.tidegate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * gRPC of another language, installed by its package manager below {@code target} once, and the
 * service and caller for it.
 */
public final class ForeignGrpc implements AutoCloseable {
  /** Whose gRPC. */
  @SuppressWarnings("ImmutableEnumChecker") // its lists are List.of
  public enum Language {
    PYTHON("echo.py", "grpcio==1.85.3", List.of("python3"), "PYTHONPATH", ""),
    NODE("echo.cjs", "@grpc/grpc-js@1.14.7", List.of("node"), "NODE_PATH", "node_modules");

    private final Path script;
    private final String version;
    private final List<String> command;
    private final String variable;
    private final String modules;

    Language(String script, String version, List<String> command, String variable, String modules) {
      this.script = Path.of("src/test/resources/grpc", script);
      this.version = version;
      this.command = command;
      this.variable = variable;
      this.modules = modules;
    }

    private List<String> install(Path folder) {
      return this == PYTHON
          ? List.of("python3", "-m", "pip", "install", "--quiet", "--target", folder + "", version)
          : List.of("npm", "install", "--silent", "--no-audit", "--prefix", folder + "", version);
    }
  }

  private final Process server;
  private final int port;

  /** Starts the service. */
  public ForeignGrpc(Language language) {
    try {
      server = start(language, List.of("serve"));
      BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      if (line == null || !line.matches("\\d+")) {
        throw new IllegalStateException(line + " (expected the port of " + language.script + ")");
      }
      port = Integer.parseInt(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  /** Calls the service at a port of this host; what was wrong, or nothing. */
  public static String call(Language language, int port) {
    try {
      Process process = start(language, List.of("call", "127.0.0.1:" + port));
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Process start(Language language, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(language.command);
    command.add(language.script.toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .put(language.variable, installed(language).resolve(language.modules).toString());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static synchronized Path installed(Language language) throws IOException {
    String name = language.version.replaceAll("[^a-z0-9.]+", "-");
    Path folder = Path.of("target", "foreign", name).toAbsolutePath();
    if (!Files.exists(folder.resolve("done"))) {
      Files.createDirectories(folder);
      Process installer =
          new ProcessBuilder(language.install(folder)).redirectErrorStream(true).start();
      String said = new String(installer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!ended(installer)) {
        throw new IllegalStateException("this test needs " + language.version + ": " + said);
      }
      Files.createFile(folder.resolve("done"));
    }
    return folder;
  }

  private static boolean ended(Process process) {
    try {
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    server.destroyForcibly();
  }
}
