package dev.tidegate.smuggling;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidegate.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Servers of others on this machine, each by its name; those that are not installed are named. */
final class Parsers implements AutoCloseable {
  private static final Path SCRIPTS = Path.of("src/test/resources/parsers").toAbsolutePath();
  private static final String H11 = "h11==0.16.0";
  private static final long PATIENCE_SECONDS = 60;

  private final Path folder = Path.of("target", "parsers").toAbsolutePath();
  private final List<Process> processes = new ArrayList<>();
  private final JettyParser jetty;
  private final JettyParser recorder;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final List<String> missing = new ArrayList<>();

  /** Starts all that there are. */
  Parsers() throws Exception {
    Files.createDirectories(folder);
    jetty = new JettyParser(false);
    recorder = new JettyParser(true);
    ports.put("jetty", jetty.port());
    python();
    if (there("node")) {
      script("node", Map.of(), "node", SCRIPTS.resolve("node.mjs").toString());
    }
    if (there("go")) {
      String binary = folder.resolve("go-parser").toString();
      run("go", "build", "-o", binary, SCRIPTS.resolve("server.go").toString());
      script("go", Map.of(), binary);
    }
    if (there("nginx")) {
      proxy("nginx", "nginx.conf", "-p", folder.toString(), "-c");
    }
    if (there("haproxy")) {
      proxy("haproxy", "haproxy.cfg", "-db", "-f");
    }
  }

  List<String> names() {
    return List.copyOf(ports.keySet());
  }

  Collection<Integer> ports() {
    return ports.values();
  }

  /** Those that are not installed here. */
  List<String> missing() {
    return missing;
  }

  private boolean there(String command) {
    boolean there = !executable(command).equals(command);
    if (!there) {
      missing.add(command);
    }
    return there;
  }

  private static String executable(String command) {
    for (String folder : (System.getenv("PATH") + ":/usr/sbin:/usr/local/go/bin").split(":")) {
      if (Files.isExecutable(Path.of(folder, command))) {
        return Path.of(folder, command).toString();
      }
    }
    return command;
  }

  private void python() throws IOException, InterruptedException {
    Path library = folder.resolve(H11.replace("==", "-"));
    if (!Files.exists(library.resolve("h11"))) {
      run("python3", "-m", "pip", "install", "--quiet", "--target", library + "", H11);
    }
    script(
        "python",
        Map.of("PYTHONPATH", library.toString()),
        "python3",
        SCRIPTS.resolve("h11server.py").toString());
  }

  private void run(String... command) throws IOException, InterruptedException {
    command[0] = executable(command[0]);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + said);
    }
  }

  /** Starts a server that prints its port. */
  private void script(String name, Map<String, String> environment, String... command)
      throws IOException {
    Process process = start(name, environment, command);
    String line = process.inputReader(UTF_8).readLine();
    if (line == null || !line.matches("\\d+")) {
      throw new IllegalStateException(line + " (expected the port of " + name + ")");
    }
    ports.put(name, Integer.parseInt(line));
  }

  private Process start(String name, Map<String, String> environment, String... command)
      throws IOException {
    command[0] = executable(command[0]);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(folder.resolve(name + ".err").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    processes.add(process);
    return process;
  }

  /** Starts a server that hands what it has read to the recorder. */
  private void proxy(String name, String template, String... options)
      throws IOException, InterruptedException {
    int port = Ports.free(1);
    Path file = folder.resolve(template);
    Files.writeString(
        file,
        Files.readString(SCRIPTS.resolve(template))
            .replace("${folder}", folder.toString())
            .replace("${port}", Integer.toString(port))
            .replace("${recorder}", Integer.toString(recorder.port())));
    List<String> command = new ArrayList<>(List.of(name));
    command.addAll(List.of(options));
    command.add(file.toString());
    Process process = start(name, Map.of(), command.toArray(String[]::new));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!accepts(port)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(
            name + ": " + Files.readString(folder.resolve(name + ".err")));
      }
      Thread.sleep(20);
    }
    ports.put(name, port);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    jetty.close();
    recorder.close();
  }
}
