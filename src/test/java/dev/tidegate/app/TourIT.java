package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.Captures;
import dev.tidegate.testing.GatewayProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What a newcomer does: the README's tour as it stands, with curl and Python, against {@code dev}.
 */
class TourIT {
  @Test
  void theTourOfTheReadmeWorks() throws Exception {
    try (GatewayProcess dev = dev()) {
      Ran tour =
          run(
              "python3",
              "docs/examples/tour",
              "--http",
              dev.http(),
              "--stream",
              dev.stream(),
              "--admin",
              dev.admin());
      assertThat(tour.exitCode).as(tour.output).isZero();
      assertThat(tour.output).contains("tour: done");
    }
  }

  @Test
  void curlSpeaksBothVersionsOfHttp() throws Exception {
    try (GatewayProcess dev = dev()) {
      for (String version : List.of("--http1.1", "--http2", "--http2-prior-knowledge")) {
        Ran curl =
            run("curl", "-fsS", version, "-w", " version %{http_version}", dev.http() + "/v1/echo");
        assertThat(curl.exitCode).as(curl.output).isZero();
        assertThat(curl.output)
            .contains("\"path\":\"/echo\"")
            .contains(version.equals("--http1.1") ? "version 1.1" : "version 2");
      }
    }
  }

  @Test
  void everyOneOfManyRequestsAtOnceGetsAnAnswer() throws Exception {
    int requests = 2_000;
    try (GatewayProcess dev = dev()) {
      String urls = dev.http() + "/v1/markets?n=[1-" + requests + "]";
      Ran curl =
          run(
              "curl",
              "--no-progress-meter",
              "-Z",
              "--parallel-max",
              "32",
              "-o",
              "/dev/null",
              "-w",
              "%{http_code}\n",
              urls);
      assertThat(curl.exitCode).as(curl.output).isZero();
      // Beyond the rate limit it gets 429s, which are answers too.
      assertThat(curl.output.lines()).hasSize(requests).isSubsetOf("200", "429");
    }
  }

  @Test
  void devReplaysACapture() throws Exception {
    try (GatewayProcess dev = dev("--capture", Captures.coinbase().toString(), "--speed", "10")) {
      Ran book =
          run(
              "python3",
              "docs/examples/book.py",
              "--url",
              dev.stream(),
              "--symbol",
              "SKL-USD",
              "--for",
              "2");
      assertThat(book.exitCode).as(book.output).isZero();
    }
  }

  private static GatewayProcess dev(String... more) throws IOException, InterruptedException {
    return GatewayProcess.dev("tour", Map.of(), more);
  }

  private record Ran(int exitCode, String output) {}

  private static Ran run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError(
          command[0] + " cannot be run: this test needs curl and python3 to be installed", e);
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + " does not end: " + output);
    }
    return new Ran(process.exitValue(), output);
  }
}
