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

/** Python's gRPC, installed by pip below {@code target} once, and the service and caller for it. */
public final class PythonGrpc implements AutoCloseable {
  private static final String PACKAGE = "grpcio==1.85.3";
  private static final Path SCRIPT = Path.of("src/test/resources/grpc/echo.py");

  private final Process server;
  private final int port;

  /** Starts the service. */
  public PythonGrpc() {
    try {
      server = start(List.of("serve"));
      BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      if (line == null || !line.matches("\\d+")) {
        throw new IllegalStateException(line + " (expected the port of " + SCRIPT + ")");
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
  public static String call(int port) {
    try {
      Process process = start(List.of("call", "127.0.0.1:" + port));
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONPATH", installed().toString());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static synchronized Path installed() throws IOException {
    Path folder = Path.of("target", "python", PACKAGE.replace("==", "-")).toAbsolutePath();
    if (!Files.exists(folder.resolve("done"))) {
      Process pip =
          new ProcessBuilder(
                  "python3", "-m", "pip", "install", "--quiet", "--target", folder + "", PACKAGE)
              .redirectErrorStream(true)
              .start();
      String said = new String(pip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!ended(pip)) {
        throw new IllegalStateException("this test needs " + PACKAGE + " by pip: " + said);
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
